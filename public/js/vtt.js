/**
 * WebVTT (https://www.w3.org/TR/webvtt1/) as cues, and cues as WebVTT. Pure; other kinds are the server's
 * to read (`reading.js`).
 *
 * A cue is `{startMs, endMs, text, id, settings, before, sign}`; `before` keeps what stands above it in the
 * file and is no cue, so that what is not edited is written as it was read.
 */
const ARROW = "-->";
const TIME = String.raw`(?:0*([0-9]{1,6}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})`;
const TIMING = new RegExp(String.raw`^[ \t\f]*${TIME}[ \t\f]*-->[ \t\f]*${TIME}(?![0-9])(.*)$`, "s");

/** `hh:mm:ss.mmm` of milliseconds. */
export function timestamp(value) {
  const whole = Math.max(0, Math.round(value));
  const pad = (number, width) => String(number).padStart(width, "0");
  const minutes = Math.floor(whole / 60_000);
  const clock = `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
  return `${clock}:${pad(Math.floor(whole / 1000) % 60, 2)}.${pad(whole % 1000, 3)}`;
}

/** A file of the cues that the server has made of a text; `null`: the text is WebVTT, and keeps what is no cue. */
export const fileOf = (text, cues) =>
  cues ? { header: "WEBVTT", cues: cues.map((cue) => ({ ...cue, id: "", before: [] })), after: [] } : parse(text);

/** Read a file: `{header, cues, after}`. Every line with an arrow begins a cue, and what is none is kept. */
export function parse(given) {
  const lines = given.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n").replaceAll("\0", "").split("\n");
  const cues = [];
  let kept = [];
  const isText = (line) => line !== undefined && line !== "" && !line.includes(ARROW);
  const textFrom = (start) => {
    let end = start;
    while (isText(lines[end])) end += 1;
    return lines.slice(start, end);
  };
  let position = 1 + textFrom(1).length;
  const header = lines.slice(0, position).join("\n");
  while (position < lines.length) {
    const above = textFrom(position);
    position += above.length;
    const timed = lines[position] ? textFrom(position + 1) : null;
    // The name of a cue is the one line above its times; more lines are no part of it.
    const id = timed && above.length === 1 ? above[0] : "";
    if (above.length && !id) kept.push(above.join("\n"));
    if (timed) {
      const cue = cueAt(lines[position], timed.join("\n"));
      if (cue) cues.push({ ...cue, id, before: kept });
      if (cue) kept = [];
      else kept.push([...(id ? [id] : []), lines[position], ...timed].join("\n"));
      position += timed.length;
    }
    position += 1;
  }
  return { header, cues, after: kept };
}

/** The cue of a line with an arrow; null where its times can't be read, or don't follow each other. */
function cueAt(line, text) {
  const match = TIMING.exec(line);
  if (!match) return null;
  const [startMs, endMs] = [match.slice(1, 5), match.slice(5, 9)].map(([hours, minutes, seconds, ms]) =>
    ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms));
  return endMs > startMs ? { startMs, endMs, text, settings: match[9].trim(), sign: false } : null;
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
  text = text.replaceAll(/<rp>[^<>]*<\/rp>/g, "");
  for (const tag of text.matchAll(TAG)) {
    const name = tag[2]?.toLowerCase();
    plain += characters(text.slice(position, tag.index));
    position = tag.index + tag[0].length;
    if (name === "br") plain += "\n";
    if (!NODES.has(name) || tag[3]) continue;
    if (tag[1]) close(name);
    else if (name !== "rt") open.push(name);
    else if (open.at(-1) === "ruby") {
      open.push(name);
      plain += "(";
    }
  }
  plain += characters(text.slice(position)) + (open.includes("rt") ? ")" : "");
  return plain.split(/[\n\v\x85\u2028\u2029]/).filter((line) => line.trim() !== "");
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
