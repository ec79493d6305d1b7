/** The page's words: Chinese, of charts. */
export default {
  "chart.span": "时间",
  "chart.day": "24 小时",
  "chart.month": "30 天",
  "chart.told": "共尝试 {tries} 次，失败 {failed}，平均 {ms} 毫秒。",
  "chart.nothing": "这段时间没有发送任何内容。",
  "chart.tries": "尝试次数",
  "chart.delivered": "已送达",
  "chart.failed": "失败",
  "chart.average": "平均用时",
  "chart.longest": "最长",
  "chart.when": "起始时间",
  "chart.table": "以表格显示",
};
