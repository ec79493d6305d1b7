/** ASS and SSA scripts as cues in another style: what is said once, and signs in their place. */
import { ASS_TAG, keypadOf } from "./asstags.js";
import { TEXT_CHARS_MAX, cueOf, cut, milliseconds } from "./findings.js";
import { Markup, escaped, timeTag } from "./markup.js";
import { settingsOf } from "./subriptext.js";

const EVENT_CHARS_MAX = 2 * TEXT_CHARS_MAX; // Tags take room, too.
const SAME_SIGN_MS = 20;
const OF_THE_PICTURE = ["move", "org", "clip", "iclip"];
const FIELDS = ["layer", "start", "end", "style", "name", "l", "r", "v", "effect", "text"];
const key = (name) => (name ?? "").trim().replace(/^\*+/, "").toLowerCase();

class EventText {
  keypad = null;
  position = null;
  moves = false;
  draws = false;
  hides = false;
  hasOtherTags = false;
  #markup = new Markup();
  #drawing = false;
  #hidden = false;

  constructor(startMs, softBreaks) {
    this.atMs = startMs;
    this.signs = { N: "\n", n: softBreaks ? "\n" : " ", h: "\u00a0" };
  }

  read(raw) {
    // A brace that nothing closes is text.
    const end = raw.lastIndexOf("}") + 1;
    this.#parts(raw.slice(0, end), /\\([{}Nnh])|\{([^}]*)\}/g);
    this.#parts(raw.slice(end), /\\([{}Nnh])/g);
    this.text = this.#markup.text();
    return this;
  }

  #parts(text, pattern) {
    let position = 0;
    for (const token of text.matchAll(pattern)) {
      this.#append(text.slice(position, token.index));
      position = token.index + token[0].length;
      if (token[1]) this.#append(this.signs[token[1]] ?? token[1]);
      else for (const [, name, value] of token[2].matchAll(ASS_TAG)) this.#tag(name, value.trim());
    }
    this.#append(text.slice(position));
  }

  #append(text) {
    if (this.#drawing) this.draws ||= text.trim() !== "";
    else if (this.#hidden && text.trim()) this.hides = true;
    else this.#markup.append(escaped(text));
  }

  #tag(name, value) {
    const isOn = value !== "" && value !== "0";
    if (["b", "i", "u"].includes(name)) this.#markup[isOn ? "on" : "off"](name);
    else if (name === "p") this.#drawing = isOn;
    else if (name === "an" || name === "a") this.keypad ??= keypadOf(name, value);
    else if (name === "pos") this.position ??= point(value);
    else if (OF_THE_PICTURE.includes(name)) this.moves = true;
    else if (/^(?:k[fot]?|K)$/.test(name)) this.#syllable(value);
    else if (!["q", "fe", "pbo"].includes(name)) {
      this.hasOtherTags = true;
      // What changes with time is seen at some time.
      if (name === "alpha") this.#hidden = /^&?H?FF&?$/i.test(value);
      else if (["r", "t", "fade", "fad"].includes(name)) this.#hidden = false;
      if (name === "r") this.#markup.off("b", "i", "u");
    }
  }

  #syllable(value) {
    if (!/^\d{1,6}$/.test(value)) return;
    this.#markup.append(timeTag(this.atMs));
    this.atMs += Number(value) * 10;
  }
}

function point(value) {
  const match = /^\(\s*(-?[\d.]{1,12})\s*,\s*(-?[\d.]{1,12})\s*\)$/.exec(value);
  const both = match ? [Number(match[1]), Number(match[2])] : [];
  return both.length && both.every(Number.isFinite) ? both : null;
}

/** What is known of a script when its events come: its canvas and its styles' places. */
class Script {
  width = null;
  height = null;
  softBreaks = false;
  keypads = new Map();

  told(name, value) {
    const size = /^\d{1,5}$/.test(value) ? Number(value) || null : null;
    if (name === "playresx") this.width = size;
    if (name === "playresy") this.height = size;
    if (name === "wrapstyle") this.softBreaks = value === "2";
  }

  styled(values) {
    const keypad = keypadOf(this.isOlder ? "a" : "an", values.alignment ?? "");
    if (keypad !== null) this.keypads.set(key(values.name), keypad);
  }

  settings([x, y], keypad) {
    const width = this.width ?? (this.height ? (this.height * 4) / 3 : 384);
    const height = this.height ?? (this.width ? (this.width * 3) / 4 : 288);
    const share = (value) => Math.round(Math.min(Math.max(value, 0), 1) * 1e4) / 100;
    const [column, row] = [(keypad - 1) % 3, Math.floor((keypad - 1) / 3)];
    const line = `line:${share(y / height)}%${[",end", ",center", ""][row]}`;
    const position = `position:${share(x / width)}%,${["line-left", "center", "line-right"][column]}`;
    return `${line} ${position} align:${["left", "center", "right"][column]}`;
  }
}

/** The values of a line by the names of its fields; the last keeps the commas that are left. */
function valuesOf(fields, rest) {
  const parts = rest.split(",");
  const last = Math.max(fields.length - 1, 0);
  const values = [...parts.slice(0, last), ...(parts.length > last ? [parts.slice(last).join(",")] : [])];
  return Object.fromEntries(values.slice(0, fields.length).map((value, n) => [fields[n], value]));
}

function* events(lines, script, found) {
  const fields = { events: FIELDS, styles: [] };
  script.isOlder = lines.some((line) => /^\s*\[v4 styles\]\s*$/i.test(line));
  let section = "";
  for (const [index, line] of lines.entries()) {
    if (/^\s*\[/.test(line)) section = { "[script info]": "info", "[v4 styles]": "styles", "[v4+ styles]": "styles", "[events]": "events" }[line.trim().toLowerCase()] ?? "";
    const [, given, rest] = /^([^:]*):(.*)$/s.exec(line) ?? [null, "", ""];
    const name = given.trim().toLowerCase();
    if (section === "info") script.told(name, rest.trim());
    else if (name === "format" && section) fields[section] = rest.split(",").map((word) => word.trim().toLowerCase());
    else if (name === "style" && section === "styles") script.styled(valuesOf(fields.styles, rest));
    else if (name === "dialogue" && section === "events") yield { ...valuesOf(fields.events, rest.trimStart()), line: index + 1 };
  }
}

function time(text) {
  const match = /^\s*(\d{1,4}):(\d\d):(\d\d)[.:](\d\d)\s*$/.exec(text ?? "");
  return match ? milliseconds(...match.slice(1)) : NaN;
}

/** What the burner would show of events that come in order of their start. */
class Layers {
  cues = [];
  #last = new Map();

  constructor(script, found) {
    this.script = script;
    this.found = found;
  }

  add({ cue, event, read, plain }) {
    const note = (code) => this.found.add(code, event.line);
    if (read.draws) note("script_drawings_left_out");
    if (plain && (read.moves || /^\s*(?:banner;|scroll (?:up|down);)/i.test(event.effect ?? ""))) note("script_signs_left_out");
    else if (plain && this.#goesOn(cue, plain, read.position !== null)) note("script_layers_merged");
    else if (plain || read.hides) {
      if (read.hasOtherTags) note("script_tags_not_drawn");
      if (plain) this.#keep(cue, event, read, plain);
    }
  }

  #keep(cue, event, read, plain) {
    const keypad = read.keypad ?? this.script.keypads.get(key(event.style)) ?? 2;
    const sign = read.position !== null;
    if (sign) this.found.add("script_signs_restyled", event.line);
    const kept = { ...cue, text: read.text, settings: sign ? this.script.settings(read.position, keypad) : settingsOf(keypad), sign };
    this.#last.set(plain, kept);
    this.cues.push(kept);
  }

  /** The same words stand there already, or a sign is set anew in each frame: they stand longer. */
  #goesOn({ startMs, endMs }, plain, isSign) {
    const before = this.#last.get(plain);
    if (!before || startMs > before.endMs + (isSign && before.sign ? SAME_SIGN_MS : -1)) return false;
    before.endMs = Math.max(before.endMs, endMs);
    return true;
  }
}

/** The cues of a script, in the order of their times; `plainLines` reads a text of WebVTT. */
export function assCues(lines, found, plainLines) {
  const script = new Script();
  const read = (event) => {
    const cue = cueOf({ startMs: time(event.start), endMs: time(event.end), text: "" }, event.line, found);
    return cue && { cue, event, raw: cut(event.text ?? "", event.line, found, EVENT_CHARS_MAX) };
  };
  const shown = [...events(lines, script, found)].map(read).filter((one) => one !== null);
  const layers = new Layers(script, found);
  for (const { cue, event, raw } of shown.sort((a, b) => a.cue.startMs - b.cue.startMs)) {
    const text = new EventText(cue.startMs, script.softBreaks).read(raw);
    const plain = plainLines(text.text).join(" ").split(/\s+/).filter(Boolean).join(" ");
    layers.add({ cue, event, read: text, plain });
  }
  return layers.cues;
}
