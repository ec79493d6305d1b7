/** TTML and DFXP (https://www.w3.org/TR/ttml1/): times of all forms, weights, colours and breaks. */
import { cueOf, cut } from "./findings.js";
import { Markup, escaped, timeTag } from "./markup.js";
import { xmlEvents } from "./xml.js";

const CONTENT = ["body", "div", "p", "span"];
const CLOCK = /^([0-9]{1,6}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,9})|[:;]([0-9]{1,4})(?:\.[0-9]{1,4})?)?$/;
const OFFSET = /^([0-9]{1,12}(?:\.[0-9]{1,9})?)(h|m|s|ms|f|t)$/;

/** How times are read: `(text) => ms`, NaN where there is none. */
function clockOf(attributes) {
  const named = Number(/^\s*\d{1,9}\s*$/.exec(attributes.frameRate ?? "")?.[0] ?? 0);
  const ratio = /^\s*([0-9]{1,6})[\s:]+([0-9]{1,6})\s*$/.exec(attributes.frameRateMultiplier ?? "");
  const rate = (named || 30) * (ratio && Number(ratio[1]) && Number(ratio[2]) ? ratio[1] / ratio[2] : 1);
  const ticks = Number(/^\s*\d{1,9}\s*$/.exec(attributes.tickRate ?? "")?.[0] ?? 0) || (named ? rate : 1);
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, f: 1000 / rate, t: 1000 / ticks };
  return (given) => {
    const text = (given ?? "").trim();
    const [, h, m, s, fraction, frames] = CLOCK.exec(text) ?? [];
    if (s) return Math.round((h * 60 + Number(m)) * 60_000 + s * 1000 + Number(`0.${fraction ?? 0}`) * 1000 + (frames ?? 0) * units.f);
    const offset = OFFSET.exec(text);
    return offset ? Math.round(offset[1] * units[offset[2]]) : NaN;
  };
}

function ownLook({ fontWeight, fontStyle, textDecoration, color }) {
  const look = {};
  if (fontWeight !== undefined) look.b = fontWeight === "bold";
  if (fontStyle !== undefined) look.i = ["italic", "oblique"].includes(fontStyle);
  if (textDecoration !== undefined) look.u = textDecoration.split(/\s+/).includes("underline");
  // White is how most files write their usual text.
  if (color !== undefined) look.font = /^(?:white|#fff|#ffffff(?:ff)?)$/i.test(color.trim()) || /["<>&]/.test(color) ? "" : color.trim();
  return look;
}

function marked(text, { b, i, u, font }) {
  const markup = new Markup();
  if (font) markup.on("font", `<font color="${font}">`);
  for (const [name, wanted] of Object.entries({ b, i, u })) if (wanted) markup.on(name);
  markup.append(text);
  return markup.text();
}

class Reader {
  #clock = clockOf({});
  #styles = new Map();
  #scopes = [{ startMs: 0, endMs: Infinity, isTimed: false, look: {} }];
  #paragraph = null;
  #hidden = 0;

  constructor(found) {
    this.found = found;
  }

  start(name, attributes, line) {
    if (name === "tt") this.#clock = clockOf(attributes);
    else if (name === "style") this.#styles.set(attributes.id, this.#look(attributes));
    else if (name === "metadata" || name === "head") this.#hidden += 1;
    else if (this.#hidden) return;
    else if (name === "br") this.text("\n", true);
    else if (CONTENT.includes(name)) {
      this.#scopes.push(this.#scope(name, attributes));
      if (name === "p") this.#paragraph = { scope: this.#scopes.at(-1), line, runs: [] };
    }
  }

  #look(attributes) {
    const keys = (attributes.style ?? "").split(/\s+/).filter(Boolean);
    return Object.assign({}, ...keys.map((key) => this.#styles.get(key)), ownLook(attributes));
  }

  #scope(name, attributes) {
    const outer = this.#scopes.at(-1);
    const [begin, end, length] = ["begin", "end", "dur"].map((key) => this.#clock(attributes[key]));
    const startMs = outer.startMs + (begin || 0);
    const ends = [outer.endMs, outer.startMs + end, startMs + length].filter((time) => !Number.isNaN(time));
    const look = name === "p" || name === "span" ? { ...outer.look, ...this.#look(attributes) } : outer.look;
    return { startMs, endMs: Math.min(...ends), isTimed: [begin, end, length].some((time) => !Number.isNaN(time)), look };
  }

  text(given, isBreak = false) {
    if (!this.#paragraph || this.#hidden) return;
    const text = isBreak ? given : given.replace(/\s+/g, " ");
    this.#paragraph.runs.push({ text, scope: this.#scopes.at(-1) });
  }

  end(name) {
    if (name === "metadata" || name === "head") this.#hidden = Math.max(this.#hidden - 1, 0);
    if (this.#hidden || !CONTENT.includes(name) || this.#scopes.length < 2) return [];
    this.#scopes.pop();
    if (name !== "p" || !this.#paragraph) return [];
    const paragraph = this.#paragraph;
    this.#paragraph = null;
    return this.#cues(paragraph);
  }

  /** One cue, or one for each span where these alone have times. */
  #cues({ scope, line, runs }) {
    if (runs.every(({ text }) => text.trim() === "")) return [];
    const spans = new Map();
    for (const run of runs.filter((one) => one.scope.isTimed)) {
      const key = `${run.scope.startMs} ${run.scope.endMs}`;
      if (!spans.has(key)) spans.set(key, []);
      spans.get(key).push(run);
    }
    if (scope.isTimed || !spans.size) return [this.#cue(scope, line, runs)];
    if (runs.some((run) => !run.scope.isTimed && run.text.trim())) this.found.add("text_outside_cues", line);
    const filled = [...spans.values()].filter((group) => group.some(({ text }) => text.trim()));
    return filled.map((group) => this.#cue(group[0].scope, line, group));
  }

  #cue({ startMs, endMs }, line, runs) {
    const cue = cueOf({ startMs, endMs: Number.isFinite(endMs) ? endMs : NaN, text: "" }, line, this.found);
    return cue && { ...cue, text: cut(this.#marked(runs, startMs), line, this.found) };
  }

  #marked(runs, startMs) {
    let [said, atMs, endsBlank] = ["", startMs, true];
    for (const { text: given, scope } of runs) {
      const text = endsBlank ? given.replace(/^ +/, "") : given;
      if (text === "") continue;
      endsBlank = /\s$/.test(text);
      if (scope.startMs !== atMs && text.trim()) {
        atMs = scope.startMs;
        said += timeTag(atMs);
      }
      said += marked(escaped(text), scope.look);
    }
    return said.trim();
  }
}

/** The paragraphs of a document; none where it is damaged. */
export function ttmlCues(text, found) {
  const reader = new Reader(found);
  return (xmlEvents(text) ?? []).flatMap((event) => {
    if (typeof event === "string") reader.text(event);
    else if (event.start) reader.start(event.start, event.attributes, event.line);
    else return reader.end(event.end);
    return [];
  }).filter((cue) => cue !== null);
}
