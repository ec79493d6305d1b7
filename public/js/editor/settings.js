/** What a person has chosen in the editor, kept in this browser. */
import { useState } from "../../vendor/htm-preact.js";
import { read, write } from "../i18n.js";

/** What is kept under `key`, over `initial`; what can't be read is not there. */
export function stored(key, initial) {
  try {
    const value = JSON.parse(read(key));
    return value !== null && typeof value === "object" ? { ...initial, ...value } : initial;
  } catch {
    return initial;
  }
}

/** An object that is kept: `[value, change]`; `change` takes the fields that differ. */
export function useStored(key, initial) {
  const [value, setValue] = useState(() => stored(key, initial));
  const change = (fields) => setValue((before) => {
    const next = { ...before, ...fields };
    write(key, JSON.stringify(next));
    return next;
  });
  return [value, change];
}
