/** Captions that roll, as YouTube makes them: each cue repeats the line before, short ones hold it. */
const SHORTEST_MS = 80;
const GAP_MS = 100;
const ROWS_MAX = 4;
const LINES_MAX = 20; // A cue of more lines is none that rolls.
const SCROLLS_WITHOUT_SIGNS = 3;
const HELD_AT_LEAST_MS = 1000;
export const TIME_TAG = /<[0-9]+:[0-9]{2}(?::[0-9]{2})?\.[0-9]{3}>/;

const isShort = ({ startMs, endMs }) => endMs - startMs < SHORTEST_MS;
const oneBlank = (text) => text.trim().split(/\s+/).join(" ");

/** The filled lines of a text: without tags to compare, and with the times of their words. */
function rowsOf(text) {
  const lines = text.split("\n");
  if (lines.length - 1 > LINES_MAX) return { plain: [], marked: [text] };
  const marked = lines.map((line) => oneBlank(line.replace(/<\/?c(?:\.[^<>]*)?>/g, "")));
  const filled = marked.map((line) => ({ plain: oneBlank(line.replace(/<[^<>]*>/g, "")), line })).filter(({ plain }) => plain !== "");
  return { plain: filled.map(({ plain }) => plain), marked: filled.map(({ line }) => line) };
}

/** How many of the last lines before are the first of `rows`. */
function repeated(before, rows) {
  for (let n = Math.min(before.length, rows.length, ROWS_MAX); n > 0; n -= 1) {
    if (before.slice(-n).every((line, i) => line === rows[i])) return n;
  }
  return 0;
}

/** Whether most cues repeat lines of the one before. */
export function rolls(cues) {
  let [close, same, grown, scrolled, hasSigns, endMs] = [0, 0, 0, 0, false, -GAP_MS];
  let rows = [];
  for (const cue of cues) {
    const before = rows;
    rows = rowsOf(cue.text).plain;
    hasSigns ||= isShort(cue) || TIME_TAG.test(cue.text);
    if (before.length && Math.abs(cue.startMs - endMs) <= GAP_MS) {
      const n = repeated(before, rows);
      close += 1;
      same += Number(n > 0);
      grown += Number(n > 0 && n < rows.length);
      scrolled += Number(n > 0 && n < rows.length && n < before.length);
    }
    endMs = cue.endMs;
  }
  return same * 2 > close && (hasSigns ? grown >= 1 : scrolled >= SCROLLS_WITHOUT_SIGNS);
}

/** One cue for each line that is new, until the next is. */
export function unrolled(cues) {
  let shown = [];
  let shownUntilMs = 0;
  const found = [];
  for (const cue of cues) {
    const rows = rowsOf(cue.text);
    const same = cue.startMs <= shownUntilMs + GAP_MS ? repeated(shown, rows.plain) : 0;
    const fresh = rows.marked.slice(same);
    [shown, shownUntilMs] = [rows.plain, cue.endMs];
    const last = found.at(-1);
    if (fresh.length) {
      if (last && cue.startMs < last.endMs) last.endMs = cue.startMs;
      found.push({ ...cue, text: fresh.join("\n"), settings: "" });
    } else if (last && same && !isShort(cue)) last.endMs = Math.max(last.endMs, cue.endMs);
  }
  return readable(found);
}

/** Without cues too short to read: longer where there is room, else one with the next. */
function readable(cues) {
  const found = [];
  cues.forEach((given, n) => {
    let cue = given;
    if (found.length && isShort(found.at(-1))) {
      const before = found.pop();
      cue = { ...cue, startMs: before.startMs, text: `${before.text}\n${cue.text}` };
    }
    if (isShort(cue)) {
      const longer = cue.startMs + HELD_AT_LEAST_MS;
      cue = { ...cue, endMs: Math.max(cue.endMs, Math.min(longer, cues[n + 1]?.startMs ?? longer)) };
    }
    found.push(cue);
  });
  return found;
}
