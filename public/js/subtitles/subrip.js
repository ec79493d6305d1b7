/** SubRip and SBV, read leniently: a cue begins at each line of times, wherever it stands. */
import { TEXT_CHARS_MAX, cueOf, cut } from "./findings.js";
import { cueText, settingsOf } from "./subriptext.js";
import { isTimed, timeLine } from "./subriptimes.js";

const MARKS = String.raw`\s\u200b-\u200f\u202a-\u202e\u2066-\u2069*`;
const NUMBER = new RegExp(String.raw`^[${MARKS}#]*\p{Nd}{1,7}[${MARKS}.):]*$`, "u");
const isFilled = (line) => line.trim() !== "";

/** Each line of times: `{at, number, times}`; `number`: whether the line above is a cue's number. */
function* timeLines(lines) {
  let end = -1;
  for (const [at, line] of lines.entries()) {
    if (!/[:：>]/.test(line)) continue;
    const number = at - 1 > end && NUMBER.test(lines[at - 1]);
    const times = timeLine(line, number);
    if (times === null && !isTimed(line, number)) continue;
    end = at;
    yield { at, number, times };
  }
}

/** Where the first line of times stands, or -1. */
export const firstTimes = (lines) => timeLines(lines).next().value?.at ?? -1;

class Reader {
  #withNumber = 0;
  #withoutNumber = 0;
  #followsClosely = false;

  constructor(lines, found) {
    this.lines = lines;
    this.found = found;
    this.isWebvtt = /^[ \uFEFF]*WEBVTT/i.test(lines[0]);
    if (this.isWebvtt) found.add("read_as_subrip");
  }

  /** Count whether cues have numbers: where they have none, a number is a text. */
  learn({ number }) {
    if (number) this.#withNumber += 1;
    else this.#withoutNumber += 1;
  }

  tellAbove(first) {
    const above = this.lines.slice(0, first.at - Number(first.number));
    const at = above.findIndex((line, n) => isFilled(line) && !NUMBER.test(line) && !(this.isWebvtt && n === 0));
    if (at >= 0) this.found.add("text_outside_cues", at + 1);
  }

  cue({ at, times }, following) {
    const line = at + 1;
    if (this.#followsClosely) this.found.add("empty_lines_missing", line);
    const said = this.#said(at, following);
    if (times === null) {
      this.found.add("cue_times_unreadable", line);
      return null;
    }
    if (times.endMs > times.startMs && times.repaired) this.found.add("cue_times_repaired", line);
    const all = times.text ? [times.text, ...said] : said;
    const cue = cueOf({ ...times, text: "" }, line, this.found);
    if (!cue) return null;
    const { text, keypad, hasPosition } = cueText(cut(all.join("\n"), line, this.found));
    if (hasPosition) this.found.add("positions_not_followed", line);
    return { ...cue, text, settings: keypad === null ? times.settings : settingsOf(keypad) };
  }

  /** The lines of the text below the times in line `at`. */
  #said(at, following) {
    const stop = this.#stop(following);
    const alone = following === null || this.isWebvtt;
    const said = [];
    let [end, chars, inside, spread] = [at, 0, false, false];
    for (let n = at + 1; n < stop; n += 1) {
      if (!isFilled(this.lines[n])) continue;
      const gap = n - end > 1;
      if (gap && !said.length) spread = true; // Every line has an empty one behind it.
      else if (gap && alone && !spread) {
        this.found.add("text_outside_cues", n + 1);
        break;
      }
      inside ||= gap;
      end = n;
      if (chars <= TEXT_CHARS_MAX) said.push(this.lines[n]);
      chars += this.lines[n].length + 1;
    }
    this.#followsClosely = said.length > 0 && following !== null && end + 1 === stop;
    if (spread && following !== null && NUMBER.test(said.at(-1) ?? "")) said.pop();
    if (inside) this.found.add("empty_lines_inside", at + 1);
    return said;
  }

  #stop(following) {
    if (following === null) return this.lines.length;
    return following.at - Number(following.number && this.#withNumber >= this.#withoutNumber);
  }
}

/** The cues of a file in its order. */
export function subripCues(lines, found) {
  const reader = new Reader(lines, found);
  const cues = [];
  let before = null;
  for (const at of timeLines(lines)) {
    reader.learn(at);
    if (before) cues.push(reader.cue(before, at));
    else reader.tellAbove(at);
    before = at;
  }
  if (before) cues.push(reader.cue(before, null));
  return cues.filter((cue) => cue !== null);
}
