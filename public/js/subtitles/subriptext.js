/** The text of a SubRip cue: HTML's tags, and those that it borrows from ASS and MicroDVD. */
import { ASS_TAG, keypadOf } from "./asstags.js";
import { Markup, assColour } from "./markup.js";

const TOKEN = /(<br\s*\/?\s*>|\[br\])|(\\N)|\{(\\[^{}]*)\}|\{((?:\\(?:an?[0-9]{1,2}|[biu][01]))+)(?![^{}]*\})\s?|\{([yfscoph]):([^{}\n]*)\}|<(\/)?(b|i|u|font|strong|em|s|strike)(\s[^<>]*)?>|(\n)/gi;
const COLOUR = /\bcolor\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i;
const SAME = { strong: "b", em: "i" };

class Reader {
  markup = new Markup();
  keypad = null;
  hasPosition = false;
  #drawing = false;
  #ofLine = [];

  append(text) {
    if (!this.#drawing) this.markup.append(text);
  }

  endLine() {
    this.append("\n");
    this.markup.off(...this.#ofLine.splice(0));
  }

  ass(block) {
    for (const [, name, value] of block.matchAll(ASS_TAG)) {
      const isOn = value !== "" && value !== "0";
      if (["b", "i", "u"].includes(name)) this.markup[isOn ? "on" : "off"](name);
      else if (name === "c" || name === "1c") this.#colour(value ? assColour(value) : null);
      else if (name === "r") this.markup.off("b", "i", "u", "font");
      else if (name === "p") this.#drawing = isOn;
      else if (name === "pos" || name === "move") this.hasPosition = true;
      else this.keypad ??= keypadOf(name, value);
    }
  }

  /** A control code of MicroDVD; one in small letters is for its line alone. */
  code(key, value) {
    const opened = /y/i.test(key) ? [...value.toLowerCase()].filter((letter) => "biu".includes(letter)) : [];
    opened.forEach((letter) => this.markup.on(letter));
    if (/c/i.test(key)) {
      this.#colour(assColour(value.trim().replace(/^\$/, "")));
      opened.push("font");
    }
    if (key === key.toLowerCase()) this.#ofLine.push(...opened);
  }

  html(isEnd, given, attributes) {
    const name = SAME[given.toLowerCase()] ?? given.toLowerCase();
    if (name === "s" || name === "strike") return;
    if (isEnd) this.markup.off(name);
    else if (name !== "font") this.markup.push(name);
    else {
      const match = COLOUR.exec(attributes ?? "");
      const colour = match ? (match[1] ?? match[2] ?? match[3]) : "";
      this.markup.push("font", /^[#\w(),.% ]+$/.test(colour) ? `<font color="${colour}">` : "<font>");
    }
  }

  #colour(colour) {
    this.markup.off("font");
    if (colour) this.markup.push("font", `<font color="${colour}">`);
  }
}

/** `{text, keypad, hasPosition}`: the text as WebVTT writes it, and where it wants to stand. */
export function cueText(text) {
  if (!/[<{\\[]/.test(text)) return { text, keypad: null, hasPosition: false };
  const reader = new Reader();
  let position = 0;
  for (const token of text.matchAll(TOKEN)) {
    if (token[2] === "\\n") continue; // Capital alone: a path may have the small one.
    reader.append(text.slice(position, token.index));
    position = token.index + token[0].length;
    if (token[1] || token[2] || token[10]) reader.endLine();
    else if (token[3] || token[4]) reader.ass(token[3] ?? token[4]); // Some have lost the brace that ends them.
    else if (token[5]) reader.code(token[5], token[6]);
    else reader.html(token[7], token[8], token[9]);
  }
  reader.append(text.slice(position));
  return { text: reader.markup.text(), keypad: reader.keypad, hasPosition: reader.hasPosition };
}

/** The place of a key of the numeric keypad, as WebVTT has it. */
export const settingsOf = (keypad) => (keypad !== null && keypad >= 7 ? "line:0" : "");
