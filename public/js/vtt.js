/**
 * Subtitles as cues: reads WebVTT (https://www.w3.org/TR/webvtt1/), SubRip and the texts of ASS, and
 * writes WebVTT. Pure.
 *
 * Read as `src/media_jobs/subtitles` does, so that what is shown is what will be burned: both are held
 * to `tests/vectors/subtitles`. A cue is `{startMs, endMs, text, id, settings, before}`; `before` keeps
 * what stands above it in the file and is no cue, so that what is not edited is written as it was read.
 */

const ARROW = "-->";
const VTT_TIME = String.raw`(?:0*([0-9]{1,6}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})`;
const SRT_TIME = String.raw`(?:([0-9]{1,6}):)?([0-9]{1,2}):([0-9]{1,2})[.,]([0-9]{1,3})`;
const timing = (time, blanks) => new RegExp(`^${blanks}${time}${blanks}-->${blanks}${time}(?![0-9])(.*)$`, "s");
const TIMINGS = { webvtt: timing(VTT_TIME, "[ \\t\\f]*"), subrip: timing(SRT_TIME, "[\\s\\uFEFF]*") };
const TEXT_CHARS_MAX = 2000; // More is cut where it is burned.
const TIME_TAG = /<[0-9]+:[0-9]{2}(?::[0-9]{2})?\.[0-9]{3}>/;

/** The text of a file's bytes: UTF-8, or UTF-16 where its mark says so. */
export function decoded(bytes) {
  const [one, two] = new Uint8Array(bytes);
  const utf16 = one === 0xff && two === 0xfe ? "utf-16le" : one === 0xfe && two === 0xff ? "utf-16be" : "";
  return new TextDecoder(utf16 || "utf-8").decode(bytes);
}

/** Which of `webvtt`, `subrip`, `ass` a text is, detected by its content. */
function formatOf(text) {
  const first = /^[^\S\n]*([^\s;!].*)$/m.exec(text)?.[1] ?? "";
  if (first.trim().toLowerCase() === "[script info]") return "ass";
  return /^WEBVTT(?:[ \t\n]|$)/.test(text) ? "webvtt" : "subrip";
}

/**
 * Read a text: `{format, header, cues, after, notices}`. What can't be read is left out, with a notice:
 * a notice is `{code, lines}`, the lines of the cues that it is about.
 */
export function parse(given) {
  const text = given.replace(/\r\n?/g, "\n").replaceAll("\0", "");
  const format = formatOf(text);
  const lines = text.split("\n");
  const found = new Map();
  const note = (code, ...at) => found.set(code, [...(found.get(code) ?? []), ...at]);
  const read = format === "ass" ? { header: "WEBVTT", cues: assCues(lines, note), after: [] } : blocks(lines, format, note);
  return { format, ...read, notices: [...found].map(([code, at]) => ({ code, lines: at })) };
}

/** The cues of WebVTT and SubRip: every line with an arrow begins one, and what is no cue is kept. */
function blocks(lines, format, note) {
  const cues = [];
  let kept = [];
  const isText = (line) => line !== undefined && line !== "" && !line.includes(ARROW);
  const textFrom = (start) => {
    let end = start;
    while (isText(lines[end])) end += 1;
    return lines.slice(start, end);
  };
  let position = 0;
  if (format === "webvtt") position = 1 + textFrom(1).length;
  else if (/^[ \uFEFF]*WEBVTT/i.test(lines[0])) note("read_as_subrip");
  const header = format === "webvtt" ? lines.slice(0, position).join("\n") : "WEBVTT";
  while (position < lines.length) {
    const above = textFrom(position);
    position += above.length;
    if (!cues.length && above.length > 1) noteDefinition(above[0], note);
    const timed = lines[position] ? textFrom(position + 1) : null;
    // The name of a cue is the one line above its times; more lines are no part of it.
    const id = timed && above.length === 1 ? above[0] : "";
    if (above.length && !id) kept.push(above.join("\n"));
    if (timed) {
      const cue = cueOf(lines[position], timed.join("\n"), position + 1, format, note);
      if (cue) cues.push({ ...cue, id, before: kept });
      if (cue) kept = [];
      else kept.push([...(id ? [id] : []), lines[position], ...timed].join("\n"));
      position += timed.length;
    }
    position += 1;
  }
  // SubRip's numbers are no names, and what it has besides cues means nothing in WebVTT.
  if (format === "subrip") return { header, cues: cues.map((cue) => ({ ...cue, id: "", before: [] })), after: [] };
  return { header, cues, after: kept };
}

function noteDefinition(line, note) {
  if (/^REGION[ \t\f]*$/.test(line)) note("regions_not_drawn");
  if (/^STYLE[ \t\f]*$/.test(line)) note("styles_not_drawn");
}

function cueOf(line, text, number, format, note) {
  const match = TIMINGS[format].exec(line);
  const [startMs, endMs] = match ? [ms(match, 1), ms(match, 5)] : [0, 0];
  if (endMs <= startMs) {
    note(match ? "cue_ends_too_early" : "cue_times_unreadable", number);
    return null;
  }
  if ([...text].length > TEXT_CHARS_MAX) note("cue_text_cut", number);
  if (TIME_TAG.test(text)) note("timed_words_shown_together");
  const settings = match[9].trim();
  return format === "subrip" ? fromSubrip({ startMs, endMs, text, settings }) : { startMs, endMs, text, settings };
}

/** SubRip's own marks: `{\an8}` for a place, other tags of ASS and `<font>`, which are left out. */
function fromSubrip(cue) {
  const place = /\{\\(?:[^{}]*\\)?an([1-9])(?![0-9])[^{}]*\}/.exec(cue.text);
  const text = cue.text.replace(/\{\\[^{}]*\}/g, "").replace(/<\/?font[^<>]*>/gi, "");
  if (!place) return { ...cue, text };
  return { ...cue, text, settings: Number(place[1]) >= 7 ? "line:0" : "" };
}

function ms(match, first) {
  const [hours, minutes, seconds, fraction] = [0, 1, 2, 3].map((i) => match[first + i] ?? "0");
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Number(fraction.padEnd(3, "0"));
}

function assCues(lines, note) {
  const cues = [];
  let fields = ["layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"];
  let events = false;
  lines.forEach((line, index) => {
    if (/^\s*\[/.test(line)) events = /^\s*\[events\]\s*$/i.test(line);
    const [, kind, rest] = (events && /^\s*(Format|Dialogue)\s*:\s*(.*)$/is.exec(line)) || [];
    if (kind?.toLowerCase() === "format") fields = rest.split(",").map((name) => name.trim().toLowerCase());
    if (kind?.toLowerCase() === "dialogue") cues.push(assCue(fields, rest, index + 1, note));
  });
  return cues.filter((cue) => cue !== null).sort((a, b) => a.startMs - b.startMs);
}

function assCue(fields, rest, number, note) {
  const parts = rest.split(",");
  const values = [...parts.slice(0, fields.length - 1), parts.slice(fields.length - 1).join(",")];
  const value = (name) => values[fields.indexOf(name)] ?? "";
  const [startMs, endMs] = [assTime(value("start")), assTime(value("end"))];
  if (!(endMs > startMs)) {
    note(Number.isNaN(startMs + endMs) ? "cue_times_unreadable" : "cue_ends_too_early", number);
    return null;
  }
  const text = assText(value("text"));
  return text.trim() === "" ? null : { startMs, endMs, text, id: "", settings: "", before: [] };
}

/** An event's text as WebVTT writes it: without tags and drawings. */
function assText(given) {
  let drawing = false;
  let text = "";
  given.split(/\{([^{}]*)\}/).forEach((part, index) => {
    if (index % 2) for (const [, scale] of part.matchAll(/\\p(\d)/g)) drawing = scale !== "0";
    else if (!drawing) text += part;
  });
  const broken = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replace(/\\[Nn]/g, "\n").replace(/\\h/g, "\u00a0");
  return broken.split("\n").filter((line) => line.trim() !== "").join("\n");
}

function assTime(text) {
  const match = /^\s*(\d{1,4}):(\d\d):(\d\d)[.:](\d\d)\s*$/.exec(text);
  return match ? ms(match, 1) : NaN;
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

/** `hh:mm:ss.mmm`, as WebVTT and the burner read it. */
export function timestamp(value) {
  const whole = Math.max(0, Math.round(value));
  const pad = (number, width) => String(number).padStart(width, "0");
  const minutes = Math.floor(whole / 60_000);
  const clock = `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
  return `${clock}:${pad(Math.floor(whole / 1000) % 60, 2)}.${pad(whole % 1000, 3)}`;
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
