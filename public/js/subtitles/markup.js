/** Writes a cue's text in WebVTT's tags, whatever order its source opens and closes styles in. */
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const DEPTH_MAX = 16;

export const escaped = (text) => text.replace(/[&<>]/g, (sign) => SIGNS[sign]);

/** `hh:mm:ss.mmm`, as WebVTT and the burner read it. */
export function timestamp(value) {
  const whole = Math.max(0, Math.round(value));
  const pad = (number, width) => String(number).padStart(width, "0");
  const minutes = Math.floor(whole / 60_000);
  const clock = `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
  return `${clock}:${pad(Math.floor(whole / 1000) % 60, 2)}.${pad(whole % 1000, 3)}`;
}

/** The tag before what is said from `ms` on. */
export const timeTag = (ms) => `<${timestamp(ms)}>`;

/** The colour of an ASS tag such as `&H00FFFF&`: blue, green, red; null for what is none. */
export function assColour(text) {
  const match = /^&?H?([0-9a-f]{1,8})&?$/i.exec(text.trim());
  if (!match) return null;
  const value = match[1].padStart(6, "0").slice(-6).toLowerCase();
  return `#${value.slice(4)}${value.slice(2, 4)}${value.slice(0, 2)}`;
}

/**
 * Text with styles, each of which may be turned on and off at any place. WebVTT's end tags close the
 * innermost tag alone, so what is open above one that ends is closed and opened again.
 */
export class Markup {
  #parts = [];
  #open = [];

  append(text) {
    this.#parts.push(text);
  }

  on(name, tag = `<${name}>`) {
    this.off(name);
    this.push(name, tag);
  }

  push(name, tag = `<${name}>`) {
    if (this.#open.length >= DEPTH_MAX) return;
    this.#open.push([name, tag]);
    this.#parts.push(tag);
  }

  off(...names) {
    for (const name of names) {
      const at = this.#open.findLastIndex(([one]) => one === name);
      if (at < 0) continue;
      const above = this.#open.slice(at + 1);
      this.#parts.push(...this.#open.slice(at).reverse().map(([one]) => `</${one}>`), ...above.map(([, tag]) => tag));
      this.#open.splice(at, this.#open.length, ...above);
    }
  }

  text() {
    return [...this.#parts, ...[...this.#open].reverse().map(([name]) => `</${name}>`)].join("");
  }
}
