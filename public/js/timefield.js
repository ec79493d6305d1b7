/** A field for a place in a video. */
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { timecode } from "./format.js";
import { readTime } from "./vtt.js";

/** `value` in ms; `onValue(ms)` when another time has been typed, and the field is left or Enter pressed. */
export function TimeInput({ label, value, onValue }) {
  const [text, setText] = useState(timecode(value));
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText(timecode(value));
    setWrong(false);
  }, [value]);
  const done = () => {
    const ms = readTime(text);
    setWrong(ms === null);
    if (ms !== null && ms !== value) onValue(ms);
    else if (ms !== null) setText(timecode(value));
  };
  return html`<input type="text" inputmode="decimal" aria-label=${label} aria-invalid=${wrong ? "true" : undefined} value=${text} onInput=${(event) => setText(event.target.value)} onBlur=${done} onKeyDown=${(event) => event.key === "Enter" && done()} />`;
}
