/** The page's words: English, of compare. */
export default {
  "compare.title": "Side by side",
  "compare.lead": "Two versions of the subtitles, aligned by time",
  "compare.left": "Left",
  "compare.right": "Right",
  "compare.time": "Time",
  "compare.changed": "Changed",
  "compare.madeOf": "made from {version}",
  "compare.burn": "Burn both",
  "compare.tooFew": "Nothing to compare yet",
  "compare.tooFewText": "Add a second version of the subtitles: a translation, or an edit.",
};
