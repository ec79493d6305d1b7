/** The page's words: Chinese, of compare. */
export default {
  "compare.title": "并排对照",
  "compare.lead": "两个字幕版本，按时间对齐",
  "compare.left": "左侧",
  "compare.right": "右侧",
  "compare.time": "时间",
  "compare.changed": "已修改",
  "compare.madeOf": "源自{version}",
  "compare.burn": "烧录两条字幕",
  "compare.tooFew": "暂无可对照的内容",
  "compare.tooFewText": "请再添加一个字幕版本：译文或编辑后的版本。",
};
