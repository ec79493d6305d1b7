/** A search that goes to the address when its writer pauses. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { Icon } from "../ui.js";

const TYPING_MS = 300;

export function Search({ label, value, onValue }) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  // Who pauses after a space has not finished: what is typed stays.
  useLayoutEffect(() => setText((before) => (before.trim() === value ? before : value)), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (event) => {
    clearTimeout(timer.current);
    const given = event.target.value;
    setText(given);
    timer.current = setTimeout(() => onValue(given.trim()), TYPING_MS);
  };
  return html`<div class="search"><${Icon} name="search" /><input type="search" aria-label=${label} placeholder=${label} maxlength="100" value=${text} onInput=${type} /></div>`;
}
