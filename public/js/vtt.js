/**
 * Subtitles as cues: reads WebVTT (https://www.w3.org/TR/webvtt1/), SubRip, the texts of ASS and the
 * kinds in `subtitles/`, and writes WebVTT. Pure.
 *
 * Read as `src/media_jobs/subtitles` does, so that what is shown is what will be burned: both are held
 * to `tests/vectors/subtitles`. A cue is `{startMs, endMs, text, id, settings, before, sign}`; `before`
 * keeps what stands above it in the file and is no cue, so that what is not edited is written as it was
 * read.
 */
import { unwrapped } from "./subtitles/answers.js";
import { assCues } from "./subtitles/ass.js";
import { cueOf, cut, milliseconds } from "./subtitles/findings.js";
import { timestamp } from "./subtitles/markup.js";
import { TIME_TAG, rolls, unrolled } from "./subtitles/rolling.js";
import { firstTimes, subripCues } from "./subtitles/subrip.js";
import { lrcCues, microdvdCues } from "./subtitles/timedlines.js";
import { ttmlCues } from "./subtitles/ttml.js";
import { json3Cues, srv3Cues } from "./subtitles/youtube.js";

export { timestamp };

const ARROW = "-->";
const TIME = String.raw`(?:0*([0-9]{1,6}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})`;
const TIMING = new RegExp(String.raw`^[ \t\f]*${TIME}[ \t\f]*-->[ \t\f]*${TIME}(?![0-9])(.*)$`, "s");
const BACKGROUND = /<[^<>\s]*\.bg_(?:white|lime|cyan|red|yellow|magenta|blue|black)\b/;

/** The text of bytes in UTF-8, or in UTF-16 with its mark; null where only the server can tell. */
export function unicodeText(bytes) {
  const [one, two] = new Uint8Array(bytes);
  const utf16 = one === 0xff && two === 0xfe ? "utf-16le" : one === 0xfe && two === 0xff ? "utf-16be" : "";
  try {
    const text = new TextDecoder(utf16 || "utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text; // ASCII in UTF-16 is valid UTF-8, with zeros.
  } catch {
    return null;
  }
}

/** Lines of LRC, MicroDVD and SBV, as the kinds are told by. */
const LINES = {
  microdvd: /^[ \t\uFEFF]*\{[0-9]{1,9}\}\{[0-9]{0,9}\}/,
  lrc: /^[ \t\uFEFF]*\[(?:[0-9]{1,3}:)?[0-9]{1,4}:[0-9]{2}(?:[.:,][0-9]{1,3})?\]/,
  sbv: /^[ \t\uFEFF]*(?:[0-9]+:)?[0-9]{1,2}:[0-9]{2}[.,][0-9]+,[0-9:]+[.,][0-9]+\s*$/,
};

/** Which kind a text is, detected by its content. */
function formatOf(text, lines) {
  if (/^WEBVTT(?:[ \t\n]|$)/.test(text)) {
    // Times of SubRip below WebVTT's signature: by the standard such a file has no cue at all.
    const isSubrip = /[0-9],[0-9]{3}[ \t\f]*-->/.test(text) && !/[0-9]\.[0-9]{3}[ \t\f]*-->/.test(text);
    return isSubrip ? "subrip" : "webvtt";
  }
  const first = (/^[^\S\n]*([^\s;!].*)$/m.exec(text)?.[1] ?? "").replace(/^\uFEFF+/, "");
  if (/^\[(?:script info|v4\+? styles|events)\]\s*$/i.test(first)) return "ass";
  const root = first.startsWith("<") && /<(?:[\w.-]+:)?(tt|timedtext|transcript)[\s>/]/.exec(text.slice(0, 4000));
  if (root) return root[1] === "tt" ? "ttml" : "srv3";
  if (first.startsWith("{") && text.includes('"tStartMs"')) return "json3";
  const places = Object.entries(LINES).map(([name, line]) => [name, lines.findIndex((one) => line.test(one))]);
  const found = [...places, ["subrip", firstTimes(lines)]].filter(([, at]) => at >= 0);
  return found.length ? found.reduce((best, one) => (one[1] < best[1] ? one : best))[0] : "subrip";
}

const READERS = {
  subrip: (text, lines, found) => subripCues(lines, found),
  sbv: (text, lines, found) => subripCues(lines, found),
  ass: (text, lines, found) => assCues(lines, found, plainLines),
  lrc: (text, lines, found) => lrcCues(lines, found),
  microdvd: (text, lines, found) => microdvdCues(lines, found),
  ttml: (text, lines, found) => ttmlCues(text, found),
  json3: (text, lines, found) => json3Cues(text, found),
  srv3: (text, lines, found) => srv3Cues(text, found),
};

/** A text with lines ended by `\n`, and whether most ends were doubled (`\r\r\n`). */
function withLineFeeds(text) {
  const doubled = text.split("\r\r\n").length - 1;
  const wereDoubled = doubled * 2 > text.split("\n").length - 1;
  const single = wereDoubled ? text.replaceAll("\r\r\n", "\n") : text;
  return [single.replace(/\r\n?/g, "\n").replaceAll("\0", ""), wereDoubled];
}

/**
 * Read a text: `{format, header, cues, after, notices}`. What can't be read is left out, with a notice:
 * a notice is `{code, lines}`, the lines of the cues that it is about.
 */
export function parse(given) {
  const [whole, wereDoubled] = withLineFeeds(given);
  const { text, found } = unwrapped(whole);
  if (wereDoubled) found.add("line_ends_doubled");
  const lines = text.split("\n");
  const format = formatOf(text, lines);
  const read = format === "webvtt" ? blocks(lines, found) : { header: "WEBVTT", cues: READERS[format](text, lines, found), after: [] };
  const cues = told(format, read.cues, found);
  return { format, ...read, cues, notices: found.list() };
}

/** The cues as they are shown: unrolled where they roll; notes what all kinds may have. */
function told(format, cues, found) {
  const areWordsTimed = cues.some(({ text }) => TIME_TAG.test(text));
  const roll = rolls(cues) || (["json3", "srv3"].includes(format) && areWordsTimed);
  if (roll) found.add("captions_unrolled");
  if (areWordsTimed) found.add("timed_words_shown_together");
  for (const { text, line } of cues) if (BACKGROUND.test(text)) found.add("backgrounds_not_drawn", line ?? null);
  return (roll ? unrolled(cues) : cues).map(({ line, ...cue }) => cue);
}

/** The cues of WebVTT: every line with an arrow begins one, and what is no cue is kept. */
function blocks(lines, found) {
  const cues = [];
  let kept = [];
  let definitionsEnd = false;
  const isText = (line) => line !== undefined && line !== "" && !line.includes(ARROW);
  const textFrom = (start) => {
    let end = start;
    while (isText(lines[end])) end += 1;
    return lines.slice(start, end);
  };
  let position = 1 + textFrom(1).length;
  const header = lines.slice(0, position).join("\n");
  if (/^X-TIMESTAMP-MAP=/m.test(header)) found.add("timestamp_map_not_applied");
  while (position < lines.length) {
    const above = textFrom(position);
    const number = position + 1;
    position += above.length;
    const timed = lines[position] ? textFrom(position + 1) : null;
    // The name of a cue is the one line above its times; more lines are no part of it.
    const id = timed && above.length === 1 ? above[0] : "";
    if (above.length && !id) {
      kept.push(above.join("\n"));
      noteParagraph(above, number, definitionsEnd, found);
    }
    if (timed) {
      const cue = cueAt(lines[position], timed.join("\n"), position + 1, found);
      definitionsEnd ||= cue !== undefined;
      if (cue) cues.push({ ...cue, id, before: kept });
      if (cue) kept = [];
      else kept.push([...(id ? [id] : []), lines[position], ...timed].join("\n"));
      position += timed.length;
    }
    position += 1;
  }
  return { header, cues, after: kept };
}

function noteParagraph([first, ...more], number, definitionsEnd, found) {
  if (/^NOTE(?:[ \t]|$)/.test(first)) return;
  const [, name] = /^(REGION|STYLE)[ \t\f]*$/.exec(first) ?? [];
  if (!name && [first, ...more].some((line) => line.trim() !== "")) found.add("text_outside_cues", number);
  if (name && more.length && !definitionsEnd) found.add(name === "REGION" ? "regions_not_drawn" : "styles_not_drawn");
}

/** The cue of a line with an arrow; undefined: its times can't be read, null: they don't make a cue. */
function cueAt(line, text, number, found) {
  const match = TIMING.exec(line);
  if (!match) {
    found.add("cue_times_unreadable", number);
    return undefined;
  }
  const [startMs, endMs] = [match.slice(1, 5), match.slice(5, 9)].map((parts) => milliseconds(...parts));
  const cue = cueOf({ startMs, endMs, text: "", settings: match[9].trim() }, number, found);
  if (cue) cut(text, number, found);
  return cue && { ...cue, text };
}

/** Write a file as WebVTT, cues in the order of their times. */
export function serialise({ header = "WEBVTT", cues, after = [] }) {
  const sorted = [...cues].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const written = sorted.flatMap((cue) => [...(cue.before ?? []), cueText(cue)]);
  return `${[header, ...written, ...after].join("\n\n")}\n`;
}

function cueText({ startMs, endMs, text, id = "", settings = "" }) {
  const timing = `${timestamp(startMs)} --> ${timestamp(endMs)}${settings ? ` ${settings}` : ""}`;
  // An empty line would end the cue, an arrow would begin another.
  const safe = text.replace(/\n(?:[ \t]*\n)+/g, "\n").replace(/^\n+|\n+$/g, "").replaceAll("-->", "--&gt;");
  return [...(id && !id.includes("-->") ? [id] : []), timing, safe].join("\n");
}

/** Read a time that a person typed: `1:02.5`, `62.5`, `00:01:02,500`; null when it is none. */
export function readTime(text) {
  const match = /^\s*(?:(?:(\d{1,4}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?\s*$/.exec(text);
  if (!match) return null;
  const [, hours = "0", minutes = "0", seconds, fraction = "0"] = match;
  const hasMinutes = text.includes(":");
  if (hasMinutes && (Number(seconds) > 59 || (text.split(":").length > 2 && Number(minutes) > 59))) return null;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, "0"));
}

const TAG = /<(\/)?([a-zA-Z][a-zA-Z0-9]*)(?:[.\s][^<>]*)?(\/)?>|<\d+:\d\d(?::\d\d)?\.\d{3}>/g;
const NODES = new Set(["b", "i", "u", "c", "v", "lang", "ruby", "rt"]);
const REFERENCE = /&(?:#\d+|#x[\da-f]+|[a-z][a-z\d]*);?/gi;
const NAMED = { amp: "&", lt: "<", gt: ">", nbsp: "\u00a0", lrm: "\u200e", rlm: "\u200f", quot: '"', apos: "'" };

/** A cue's lines as they are read: without tags, references read, ruby in brackets, no empty lines. */
export function plainLines(text) {
  const open = [];
  let plain = "";
  let position = 0;
  const close = (name) => {
    if (name === "ruby" && open.at(-1) === "rt") close("rt");
    if (open.at(-1) === name && open.pop() === "rt") plain += ")";
  };
  for (const tag of text.matchAll(TAG)) {
    const name = tag[2]?.toLowerCase();
    plain += characters(text.slice(position, tag.index));
    position = tag.index + tag[0].length;
    if (!NODES.has(name) || tag[3]) continue;
    if (tag[1]) close(name);
    else if (name !== "rt") open.push(name);
    else if (open.at(-1) === "ruby") {
      open.push(name);
      plain += "(";
    }
  }
  plain += characters(text.slice(position)) + (open.includes("rt") ? ")" : "");
  return plain.split("\n").filter((line) => line.trim() !== "");
}

/** A text with its character references read. */
const characters = (text) => text.replace(REFERENCE, (whole) => {
  const name = whole.slice(1).replace(";", "");
  if (!name.startsWith("#")) return NAMED[name] ?? named(whole);
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return String.fromCodePoint(valid ? code : 0xfffd);
});

/** The browser knows two thousand more. */
const named = (reference) =>
  globalThis.VTTCue ? new VTTCue(0, 1, reference).getCueAsHTML().textContent : reference;
