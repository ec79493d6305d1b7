/** LRC, whose lines begin with a time, and MicroDVD, whose lines begin with two frames. */
import { cueOf, cut, milliseconds } from "./findings.js";
import { escaped, timeTag } from "./markup.js";
import { cueText, settingsOf } from "./subriptext.js";

const LAST_MS = 5000;
const STAMPS_READ = 1000; // So many tell how a file's times are to be read.
const FRAME_RATE = 24000 / 1001;
const TIME = String.raw`\s*(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{1,3})(?:[.,]([0-9]{1,3}))?\s*`;
const STAMP = new RegExp(String.raw`\[${TIME}\]\s*`, "y");
const WORD = new RegExp(`<${TIME}>`, "g");
const TAG = /^\[\s*[A-Za-z#][^[\]:\n]*:.*\]\s*$/;
const OFFSET = /^[^\S\n]*\[\s*offset\s*:\s*([+-]?[0-9]{1,7})\s*\]/im;
const FRAMES = /^[ \t\uFEFF]*\{([0-9]{1,9})\}\{([0-9]{0,9})\}(.*)$/s;
const RATE = /^\s*([0-9]{1,3}(?:[.,][0-9]{1,6})?)\s*$/;

/** Of three parts with colons alone the last is the seconds' fraction, where it can be nothing else. */
const timeOf = ([hours, minutes, seconds, fraction], hasHours) =>
  hours !== undefined && fraction === undefined && !hasHours ? milliseconds(0, hours, minutes, seconds) : milliseconds(hours, minutes, seconds, fraction);

function allHaveHours(text) {
  const stamps = [...text.matchAll(new RegExp(STAMP, "g"))].slice(0, STAMPS_READ);
  return stamps.every(([, hours, , seconds, fraction]) => hours !== undefined && fraction === undefined && /^[0-5][0-9]$/.test(seconds));
}

function words(line, { earlierMs, hasHours }, startMs) {
  let said = "";
  let position = 0;
  for (const word of line.matchAll(WORD)) {
    said += escaped(line.slice(position, word.index));
    position = word.index + word[0].length;
    const atMs = timeOf(word.slice(1), hasHours);
    if (atMs > startMs) said += timeTag(Math.max(atMs - earlierMs, 0));
  }
  return (said + escaped(line.slice(position))).trim();
}

/** Time, number and words of each line, once for each of its times. */
function* stamped(lines, clock, found) {
  for (const [index, given] of lines.entries()) {
    const line = given.trim().replace(/^\uFEFF+/, "");
    if (line === "") continue;
    const times = [];
    let position = 0;
    STAMP.lastIndex = 0;
    for (let stamp = STAMP.exec(line); stamp; stamp = STAMP.exec(line)) {
      times.push(timeOf(stamp.slice(1), clock.hasHours));
      position = STAMP.lastIndex;
    }
    if (!times.length && !TAG.test(line)) found.add("text_outside_cues", index + 1);
    const said = times.length ? words(line.slice(position), clock, times[0]) : "";
    for (const time of times) yield { startMs: Math.max(time - clock.earlierMs, 0), line: index + 1, said };
  }
}

export function lrcCues(lines, found) {
  const text = lines.join("\n");
  const clock = { earlierMs: Number(OFFSET.exec(text)?.[1] ?? 0), hasHours: allHaveHours(text) };
  const all = [...stamped(lines, clock, found)].sort((a, b) => a.startMs - b.startMs);
  const starts = [...new Set(all.map((one) => one.startMs))];
  const together = new Map(starts.map((startMs) => [startMs, []]));
  for (const one of all) together.get(one.startMs).push(one);
  return starts.flatMap((startMs, n) => {
    const said = together.get(startMs).map((one) => one.said).filter(Boolean).join("\n");
    if (said === "") return []; // A time without words ends the line before.
    const { line } = together.get(startMs)[0];
    if (n + 1 === starts.length) found.add("last_end_assumed", line);
    return [cueOf({ startMs, endMs: starts[n + 1] ?? startMs + LAST_MS, text: cut(said, line, found) }, line, found)];
  });
}

function ownRate([, first, last, text]) {
  if (!["0", "1"].includes(first) || !["0", "1"].includes(last)) return null;
  const rate = Number(RATE.exec(text)?.[1].replace(",", ".") ?? 0);
  return rate >= 1 && rate <= 300 ? rate : null;
}

export function microdvdCues(lines, found) {
  const all = [];
  for (const [index, line] of lines.entries()) {
    const match = FRAMES.exec(line);
    if (match) all.push({ match, line: index + 1 });
    else if (line.trim() && !line.startsWith("{DEFAULT}")) found.add("text_outside_cues", index + 1);
  }
  const own = all.length ? ownRate(all[0].match) : null;
  if (own !== null) all.shift();
  else if (all.length) found.add("frame_rate_assumed");
  const at = (frame) => Math.round((Number(frame) * 1000) / (own ?? FRAME_RATE));
  return all.map(({ match: [, first, last, text], line }, n) => {
    const startMs = at(first);
    const following = all[n + 1];
    if (!last && !following) found.add("last_end_assumed", line);
    const endMs = last ? at(last) : following ? at(following.match[1]) : startMs + LAST_MS;
    const cue = cueOf({ startMs, endMs, text: "" }, line, found);
    const read = cue && cueText(cut(text, line, found).replaceAll("|", "\n"));
    return cue && { ...cue, text: read.text, settings: settingsOf(read.keypad) };
  }).filter((cue) => cue !== null);
}
