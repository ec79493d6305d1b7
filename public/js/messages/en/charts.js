/** The page's words: English, of charts. */
export default {
  "chart.span": "Time",
  "chart.day": "24 hours",
  "chart.month": "30 days",
  "chart.told": "{tries} {n|try|tries}, {failed} failed, {ms} ms on average.",
  "chart.nothing": "Nothing was sent in this time.",
  "chart.tries": "Tries",
  "chart.delivered": "Delivered",
  "chart.failed": "Failed",
  "chart.average": "Average time",
  "chart.longest": "Longest",
  "chart.when": "From",
  "chart.table": "As a table",
};
