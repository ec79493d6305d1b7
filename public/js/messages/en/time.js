/** The page's words: English, of time. */
export default {
  "time.missing": "A time is missing: for example 1:02.5.",
  "time.form": "Not a time: use 1:02.5 or 00:01:02.500.",
  "time.sixty": "Minutes and seconds go up to 59.",
  "time.fraction": "At most three digits after the seconds.",
  "time.negative": "A time can't be before the video begins.",
  "time.after": "Must be after {at}.",
  "time.until": "The video ends at {at}.",
};
