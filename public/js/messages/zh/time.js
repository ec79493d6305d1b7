/** The page's words: Chinese, of time. */
export default {
  "time.missing": "请填写时间，例如 1:02.5。",
  "time.form": "不是有效时间：请用 1:02.5 或 00:01:02.500。",
  "time.sixty": "分和秒最大为 59。",
  "time.fraction": "秒后最多三位小数。",
  "time.negative": "时间不能早于视频开头。",
  "time.after": "必须晚于 {at}。",
  "time.until": "视频在 {at} 结束。",
};
