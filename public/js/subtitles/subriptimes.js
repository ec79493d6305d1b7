/** The line of a SubRip or SBV cue's times, as people, programs and language models write it. */
import { milliseconds } from "./findings.js";

const LINE_CHARS_MAX = 300;
const USUAL_TIME = String.raw`(?:([0-9]{1,6}):)?([0-9]{1,3}):([0-9]{1,3})[.,]([0-9]{1,3})`;
const USUAL = new RegExp(String.raw`^\s*${USUAL_TIME}\s*(?:-->|,)\s*${USUAL_TIME}(?![0-9])(.*)$`, "s");
const TIME = String.raw`(?:([0-9]{1,6})\s*:\s*)?([0-9]{1,3})\s*:\s*([0-9]{1,3})(?:\s*[.,:;'\`´’]\s*([0-9]{1,9})|\s+([0-9]{3})(?![0-9:]))?`;
const ARROW = String.raw`([-–—−‐‑‒―=~]+\s?[>›»]+|[→⇒➔➜➡⟶▶►]|[-–—−]{1,3})`;
const QUOTES = String.raw`[\s\`'"*_]{0,8}`;
const BEFORE = String.raw`${QUOTES}(?:[0-9]{1,6}[.)]?\s+)?${QUOTES}([\[(]?)\s?`;
const ODD = new RegExp(String.raw`^${BEFORE}${TIME}\s*${ARROW}\s*${TIME}(?![0-9:])(.*)$`, "s");
const CLOCK = /[0-9]:[0-9x]/g;
const ANY_ARROW = /-\s?->|[-–—=]\s?>|[→⇒➔➜➡⟶]/;
const DASHES = /^[-–—−]{1,3}$/;
const NOTHING = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const SIGNS = { "：": ":", "︰": ":", "∶": ":", "，": ",", "﹐": ",", "、": ",", "．": ".", "。": "." };

/** What stands behind the times: words, or a place (such as some programs have it: X1:201 Y2:423). */
function behind(rest) {
  const words = rest.split(/\s+/).filter(Boolean);
  const isText = words.some((word) => /[\p{L}\p{N}_]/u.test(word) && !/^[a-zA-Z]+[0-9]?:\S+$/.test(word));
  return { settings: isText ? "" : settings(rest), text: isText ? words.join(" ") : "", repaired: isText };
}

/** The words of a line that may be settings of WebVTT. */
const settings = (text) => text.match(/(?<!\S)(?:vertical|line|position|size|align):\S+/g)?.join(" ") ?? "";

/** A line in ASCII's digits and signs, without marks and with single blanks. */
const plain = (line) => line
  .replaceAll("&gt;", ">")
  .replace(NOTHING, "")
  .replace(/[０-９]/g, (digit) => String(digit.charCodeAt(0) - 0xff10))
  .replace(/[：︰∶，﹐、．。]/g, (sign) => SIGNS[sign])
  .split(/\s+/)
  .filter((word) => word !== "")
  .join(" ");

function odd(match, first) {
  const [hours, minutes, seconds, fraction, spaced] = match.slice(first, first + 5);
  const digits = fraction ?? spaced;
  // Minutes, seconds, milliseconds, all with colons.
  if (digits === undefined && seconds.length === 3 && hours !== undefined) return milliseconds(0, hours, minutes, seconds);
  return milliseconds(hours, minutes, seconds, digits);
}

/** `{startMs, endMs, settings, text, repaired}` of a line of times; null for another line. */
export function timeLine(line, numbered) {
  const usual = USUAL.exec(line);
  if (usual) {
    const [one, two] = [usual.slice(1, 5), usual.slice(5, 9)].map((parts) => milliseconds(...parts));
    return { startMs: one, endMs: two, ...behind(usual[9]) };
  }
  const match = line.length > LINE_CHARS_MAX ? null : ODD.exec(plain(line));
  if (!match) return null;
  const exact = [5, 11].every((at) => match[at] !== undefined || match[at + 1] !== undefined);
  if (!exact && (!numbered || DASHES.test(match[7])) && match[7] !== "-->") return null;
  const rest = match[13].trim().replace(match[1] === "" ? /^$/ : /^[\])]\s*/, "");
  return { startMs: odd(match, 2), endMs: odd(match, 8), ...behind(rest), repaired: true };
}

/** Whether a line that can't be read was meant to hold times. */
export function isTimed(given, numbered) {
  if (given.length > LINE_CHARS_MAX) return false;
  const line = plain(given);
  const clocks = line.match(CLOCK)?.length ?? 0;
  if (line.includes("-->")) return numbered || clocks > 0;
  return numbered && (ANY_ARROW.test(line) ? clocks > 0 : clocks > 1);
}
