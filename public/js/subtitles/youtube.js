/** Captions as YouTube's own formats have them: `json3` events, and the same as XML (`srv3`). */
import { cueOf, cut } from "./findings.js";
import { escaped, timeTag } from "./markup.js";
import { xmlEvents } from "./xml.js";

const MS_MAX = 1_000_000 * 3_600_000;
const time = (value) => (Number.isInteger(value) && value >= 0 && value < MS_MAX ? value : NaN);
const listOf = (value) => (Array.isArray(value) ? value.filter((one) => one !== null && typeof one === "object") : []);

function cue(startMs, lengthMs, said, line, found) {
  if (said.trim() === "") return null;
  return cueOf({ startMs, endMs: startMs + lengthMs, text: cut(said, line, found) }, line, found);
}

/** The events of a document in JSON; none where it is damaged. */
export function json3Cues(text, found) {
  let document = null;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  return listOf(document?.events).map((event) => {
    const startMs = time(event.tStartMs);
    const said = listOf(event.segs).map(({ utf8 = "", tOffsetMs }) => (time(tOffsetMs) > 0 ? timeTag((startMs || 0) + tOffsetMs) : "") + escaped(String(utf8)));
    return cue(startMs, time(event.dDurationMs), said.join(""), null, found);
  }).filter((one) => one !== null);
}

const number = (text, unit) => (/^\s*[0-9]{1,12}(?:\.[0-9]{1,9})?\s*$/.test(text ?? "") ? Math.round(Number(text) * unit) : NaN);
const startOf = ({ start, t }) => (start === undefined ? number(t, 1) : number(start, 1000));
const lengthOf = ({ dur, d }) => (dur === undefined ? number(d, 1) : number(dur, 1000));

/** The paragraphs of a document in XML; none where it is damaged. `srv1` escapes a text twice. */
export function srv3Cues(text, found) {
  const cues = [];
  let [paragraph, said] = [null, ""];
  for (const event of xmlEvents(text) ?? []) {
    if (event.start === "p" || event.start === "text") [paragraph, said] = [event, ""];
    else if (event.start === "s" && paragraph) {
      const offset = number(event.attributes.t, 1);
      if (offset > 0) said += timeTag((startOf(paragraph.attributes) || 0) + offset);
    } else if (event.start === "br") said += "\n";
    else if (typeof event === "string") said += paragraph?.start === "text" ? event : escaped(event);
    else if ((event.end === "p" || event.end === "text") && paragraph) {
      const { attributes, line } = paragraph;
      cues.push(cue(startOf(attributes), lengthOf(attributes), said, line, found));
      paragraph = null;
    }
  }
  return cues.filter((one) => one !== null);
}
