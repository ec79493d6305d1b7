/** Collects what a reader comes upon: one notice for each code, with the lines that it is about. */
const LINES_KEPT = 100;

export const TEXT_CHARS_MAX = 2000; // Of a cue: more is cut where it is burned.

export class Findings {
  #found = new Map();

  /** `linesBefore`: how many lines of the file stand above the text that is read. */
  constructor(linesBefore = 0) {
    this.linesBefore = linesBefore;
  }

  add(code, line = null) {
    const notice = this.#found.get(code) ?? { code, lines: [] };
    this.#found.set(code, notice);
    if (line === null || line + this.linesBefore === notice.lines.at(-1)) return;
    if (notice.lines.length < LINES_KEPT) notice.lines.push(line + this.linesBefore);
    else notice.more = (notice.more ?? 0) + 1;
  }

  list() {
    return [...this.#found.values()];
  }
}

/** A cue as the editor has it, or null, with a notice, where it can't be shown. */
export function cueOf({ startMs, endMs, text, settings = "", sign = false }, line, found) {
  if (!(endMs > startMs)) {
    found.add(Number.isFinite(startMs + endMs) ? "cue_ends_too_early" : "cue_times_unreadable", line);
    return null;
  }
  return { startMs, endMs, text, settings, sign, id: "", before: [], line };
}

/** A text cut to what is burned of it. */
export function cut(text, line, found, most = TEXT_CHARS_MAX) {
  if (text.length <= most) return text;
  const characters = [...text];
  if (characters.length <= most) return text;
  found.add("cue_text_cut", line);
  return characters.slice(0, most).join("");
}

/** Milliseconds of hours, minutes, seconds and the digits of a fraction. */
export function milliseconds(hours, minutes, seconds, fraction) {
  const whole = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds);
  return whole * 1000 + Number((fraction ?? "0").padEnd(3, "0").slice(0, 3));
}
