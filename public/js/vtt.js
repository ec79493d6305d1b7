/**
 * Subtitles as cues: reads WebVTT (https://www.w3.org/TR/webvtt1/), SubRip and the texts of ASS, and
 * writes WebVTT. Pure.
 *
 * A cue is `{startMs, endMs, text, id, settings, before}`; `before` keeps the comments, styles and
 * regions that stand above it in the file, so that what is not edited is written as it was read.
 */

const TIME = String.raw`(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})`;
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*-->\s*${TIME}(?:[ \t]+(.*))?$`);
const BLOCK = /^(?:NOTE|STYLE|REGION)(?:\s|$)/;

/** Which of `webvtt`, `subrip`, `ass` a text is, told by its content. */
export function formatOf(text) {
  const head = text.replace(/^\uFEFF/, "");
  if (/^WEBVTT(?:[ \t\r\n]|$)/.test(head)) return "webvtt";
  if (/^\s*\[Script Info\]/i.test(head) || /^Dialogue:/m.test(head)) return "ass";
  return "subrip";
}

/** Read a text: `{format, header, cues, after}`. A damaged block is skipped, the rest is kept. */
export function parse(text) {
  const format = formatOf(text);
  const lines = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n").split("\n");
  if (format === "ass") return { format, header: "WEBVTT", cues: assCues(lines), after: [] };
  let position = 0;
  let header = "WEBVTT";
  if (format === "webvtt") {
    const end = lines.findIndex((line) => line === "" || line.includes("-->"));
    position = end === -1 ? lines.length : end;
    header = lines.slice(0, position).join("\n");
  }
  const { cues, after } = blocks(lines, position, format);
  return { format, header, cues, after };
}

function blocks(lines, start, format) {
  const cues = [];
  let kept = [];
  let position = start;
  while (position < lines.length) {
    if (lines[position] === "") {
      position += 1;
      continue;
    }
    const block = [];
    while (position < lines.length && lines[position] !== "") block.push(lines[position++]);
    if (BLOCK.test(block[0]) && !block.some((line) => TIMING.test(line))) {
      kept.push(block.join("\n"));
      continue;
    }
    for (const cue of cuesOf(block, format)) {
      cues.push({ ...cue, before: kept });
      kept = [];
    }
  }
  return { cues, after: kept };
}

/** The cues of one block: usually one; a new timing begins a new cue even without an empty line. */
function cuesOf(block, format) {
  const cues = [];
  let id = "";
  for (const line of block) {
    const match = TIMING.exec(line);
    if (match) {
      const settings = format === "webvtt" ? (match[9] ?? "").trim() : "";
      cues.push({ startMs: ms(match, 1), endMs: ms(match, 5), text: "", id, settings });
      id = "";
    } else if (cues.length) {
      const cue = cues.at(-1);
      cue.text = cue.text === "" ? line : `${cue.text}\n${line}`;
    } else {
      id = line;
    }
  }
  return cues.filter((cue) => cue.endMs > cue.startMs).map((cue) => (format === "subrip" ? fromSubrip(cue) : cue));
}

/** SubRip's own marks: `{\an8}` for a place, `<font>` for a colour. The numbers are no names. */
function fromSubrip(cue) {
  const place = /^\{\\an([1-9])\}/.exec(cue.text);
  const settings = place && Number(place[1]) >= 7 ? "line:0" : "";
  const text = cue.text.replace(/\{\\[^}]*\}/g, "").replace(/<\/?font[^>]*>/gi, "");
  return { ...cue, id: "", text, settings };
}

function ms(match, first) {
  const [hours, minutes, seconds, fraction] = [0, 1, 2, 3].map((i) => match[first + i] ?? "0");
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Number(fraction.padEnd(3, "0"));
}

function assCues(lines) {
  const cues = [];
  let fields = ["layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"];
  let events = false;
  for (const line of lines) {
    if (/^\s*\[/.test(line)) events = /^\s*\[events\]/i.test(line);
    if (!events) continue;
    const [, kind, rest] = /^(Format|Dialogue):\s*(.*)$/i.exec(line) ?? [];
    if (kind?.toLowerCase() === "format") fields = rest.split(",").map((name) => name.trim().toLowerCase());
    if (kind?.toLowerCase() === "dialogue") cues.push(assCue(fields, rest));
  }
  return cues.filter((cue) => cue !== null).sort((a, b) => a.startMs - b.startMs);
}

function assCue(fields, rest) {
  const parts = rest.split(",");
  const values = [...parts.slice(0, fields.length - 1), parts.slice(fields.length - 1).join(",")];
  const value = (name) => values[fields.indexOf(name)] ?? "";
  const [startMs, endMs] = [assTime(value("start")), assTime(value("end"))];
  const text = value("text").replace(/\{[^}]*\}/g, "").replace(/\\[Nn]/g, "\n").replace(/\\h/g, " ").trim();
  if (text === "" || !(endMs > startMs)) return null;
  return { startMs, endMs, text, id: "", settings: "", before: [] };
}

function assTime(text) {
  const match = /^\s*(\d+):(\d{1,2}):(\d{1,2})[.](\d{1,3})/.exec(text);
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

const ENTITIES = { amp: "&", lt: "<", gt: ">", nbsp: "\u00a0", lrm: "\u200e", rlm: "\u200f", quot: '"' };

/** A cue's lines as they are read: without tags, with its entities' characters, without empty ones. */
export function plainLines(text) {
  return text
    .replace(/<\/?[a-zA-Z][^<>]*>|<\d+:\d\d(?::\d\d)?\.\d{3}>/g, "")
    .replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole)
    .split("\n")
    .filter((line) => line.trim() !== "");
}
