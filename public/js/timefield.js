/** Fields for places in a video, which say in words what is wrong with what is typed. */
import { html, useEffect, useLayoutEffect, useState } from "../vendor/htm-preact.js";
import { timecode } from "./format.js";
import { t, useWords } from "./i18n.js";
import { Field } from "./ui.js";
import { readTime } from "./vtt.js";

await useWords("time");

/** Why a text is no time, as the key of a message; "" where it is one. */
export function timeFault(text) {
  const typed = text.trim();
  if (!typed) return "time.missing";
  if (readTime(typed) !== null) return "";
  if (/^[-−]/.test(typed)) return "time.negative";
  if (/^\d+(?::\d{1,3}){1,2}(?:[.,]\d{0,3})?$/.test(typed)) return "time.sixty";
  return /^[\d:.,\s]+$/.test(typed) && /[.,]\d{4,}$/.test(typed) ? "time.fraction" : "time.form";
}

/** What is typed: `[text, fault, events]`; `done(ms)` when another time than `value` stands there. */
function useTyped(value, check, done) {
  const shown = value === null ? "" : timecode(value);
  const [text, setText] = useState(shown);
  const [fault, setFault] = useState("");
  // At once: what is typed into a field that has just come stays.
  useLayoutEffect(() => {
    setText(shown);
    setFault("");
  }, [value]);
  const leave = () => {
    const wrong = check(text);
    setFault(wrong);
    if (wrong) return;
    const ms = text.trim() ? readTime(text) : null;
    if (ms !== value) done(ms);
    else setText(shown);
  };
  const onInput = (event) => {
    setText(event.target.value);
    // What was wrong is told until it is right, and no longer.
    if (fault) setFault(check(event.target.value));
  };
  return [text, fault, { value: text, onInput, onBlur: leave, onKeyDown: (event) => event.key === "Enter" && leave() }];
}

/** `value` in ms; `onValue(ms)` when another is typed and the field left, or Enter pressed; `onFault(words)` when it is none. */
export function TimeInput({ label, value, about, invalid, onValue, onFault }) {
  const [, fault, events] = useTyped(value, (text) => timeFault(text) && t(timeFault(text)), onValue);
  useEffect(() => onFault(fault), [fault]);
  return html`<input type="text" inputmode="decimal" aria-label=${label} aria-describedby=${about} aria-invalid=${fault || invalid ? "true" : undefined} ...${events} />`;
}

/** A labelled field in a form: `value` in ms, null for none where it is `optional`; `afterMs`: it must be later. */
export function TimeField({ label, note, value, optional, afterMs = null, untilMs = null, compact, onValue }) {
  const bounds = (ms) => {
    if (afterMs !== null && ms <= afterMs) return t("time.after", { at: timecode(afterMs) });
    return untilMs !== null && ms > untilMs ? t("time.until", { at: timecode(untilMs) }) : "";
  };
  const check = (text) => {
    if (optional && !text.trim()) return "";
    const fault = timeFault(text);
    return fault ? t(fault) : bounds(readTime(text));
  };
  const [, fault, events] = useTyped(value, check, onValue);
  // What was right when it was typed may be wrong since: the other end has moved.
  const error = fault || (value === null ? "" : bounds(value));
  return html`<${Field} ...${{ label, note, error, compact }} control=${(id, about) => html`<input id=${id} type="text" inputmode="decimal" autocomplete="off"
    aria-describedby=${about} aria-invalid=${error ? "true" : undefined} ...${events} />`} />`;
}
