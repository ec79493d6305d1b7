/** Keys that are pressed in the editor, and the dialog in which they are listed and changed. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { t, useWords } from "../i18n.js";
import { Button, Dialog, SelectField } from "../ui.js";
import { IDS, PRESETS, chordOf, commandOf, isPlain, keymapOf, shownKeys, withKey } from "./keymap.js";

await useWords("keys");

export const KEYS_KEPT = "media-jobs-editor-keys";

const isText = (target) => target.matches?.("textarea, select, input:not([type='checkbox'], [type='radio'], [type='range'], [type='button'])") ?? false;
const isPressed = (target) => target.matches?.("button, a, summary, input[type='checkbox'], input[type='radio'], video") ?? false;

const EVERYWHERE = new Set(["save", "play", "playCue", "loop", "find", "replace", "findNext", "findPrevious", "nextProblem", "previousProblem", "keys"]);

/** The command of a key press, null where the key is the field's or the button's own. */
export function commandFor(event, keymap) {
  const chord = chordOf(event);
  const command = chord ? commandOf(keymap, chord) : null;
  if (!command || event.target.closest?.("dialog")) return null;
  if (isText(event.target)) {
    // Elsewhere than in a cue the field has its own undo, and deletes its own letters.
    if (!event.target.closest("[data-cue]") && !EVERYWHERE.has(command)) return null;
    const isCueText = event.target.matches("[data-cue] textarea");
    if (command === "selectAll" || (isPlain(chord) && !(command === "nextOrNew" && isCueText))) return null;
  }
  return isPlain(chord) && ["Space", "Enter"].includes(chord) && isPressed(event.target) ? null : command;
}

/** What the keys do at a cue's number, whatever the keymap: the list's own. */
export function numberKey(event, key, act) {
  const { shiftKey, ctrlKey, metaKey, altKey } = event;
  if (altKey) return;
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const own = by !== undefined
    ? () => (shiftKey ? act.extend(by) : act.move(by, "number"))
    : { Enter: () => act.move(0, "text"), " ": () => act.toggleChosen(key), Delete: () => act.remove(), Escape: () => act.move(0, "number"), a: ctrlKey || metaKey ? act.selectAll : undefined }[event.key];
  if (!own) return;
  event.preventDefault();
  event.stopPropagation();
  own();
}

const Chord = ({ chord }) => html`<kbd>${shownKeys(chord).join(" ")}</kbd> `;

/** Waits for the new key of a command. */
function Catch({ command, chosen, onKey, onClose }) {
  const ref = useRef(null);
  const [taken, setTaken] = useState(null); // [chord, command that has it]
  const focus = () => ref.current?.focus();
  useEffect(focus, []); // The dialog is opened by an effect before.
  useLayoutEffect(focus, [taken]);
  const press = (event) => {
    if (event.key === "Escape" || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const chord = chordOf(event);
    if (!chord) return;
    const other = commandOf(keymapOf(chosen), chord);
    if (other && other !== command) setTaken([chord, other]);
    else onKey(chord);
  };
  const name = t(`keys.${command}`);
  return html`<${Dialog} title=${name} onClose=${onClose}>
    ${taken ? html`<p role="alert">${t("keys.taken", { key: shownKeys(taken[0]).join(" "), command: t(`keys.${taken[1]}`) })}</p>
        <div class="actions end"><${Button} onClick=${() => setTaken(null)}>${t("keys.another")}<//><${Button} kind="primary" onClick=${() => onKey(taken[0])}>${t("keys.take")}<//></div>`
      : html`<p>${t("keys.press")}</p><div class="key-catch" tabindex="0" role="textbox" aria-readonly="true" aria-label=${t("keys.press")} ref=${ref} onKeyDown=${press}></div>
        <div class="actions end"><${Button} kind="quiet" onClick=${() => onKey(null)}>${t("keys.none")}<//></div>`}<//>`;
}

/** `chosen`: `{preset, changes}`. */
export function KeysDialog({ chosen, onChange, onClose }) {
  const [changing, setChanging] = useState(null);
  const keymap = keymapOf(chosen);
  const take = (chord) => {
    onChange(withKey(chosen, changing, chord));
    setChanging(null);
  };
  return html`<${Dialog} title=${t("keys.title")} onClose=${onClose}><div class="stack keys-dialog">
      <div class="actions with-field"><${SelectField} label=${t("keys.preset")} value=${chosen.preset} options=${PRESETS.map((one) => [one, t(`keys.preset_${one}`)])} onValue=${(preset) => onChange({ preset, changes: {} })} />
        <${Button} disabled=${!Object.keys(chosen.changes).length} onClick=${() => onChange({ ...chosen, changes: {} })}>${t("keys.reset")}<//></div>
      <p class="note">${t("keys.number")}</p>
      <table class="listed"><thead><tr><th>${t("keys.command")}</th><th>${t("keys.key")}</th><th><span class="visually-hidden">${t("keys.change")}</span></th></tr></thead><tbody>${IDS.map((id) => html`<tr key=${id}><th scope="row">${t(`keys.${id}`)}</th>
        <td data-name=${t("keys.key")}>${keymap.get(id).length ? keymap.get(id).map((chord) => html`<${Chord} key=${chord} chord=${chord} />`) : "–"}</td>
        <td><${Button} small aria-label=${t("keys.changeOf", { command: t(`keys.${id}`) })} onClick=${() => setChanging(id)}>${t("keys.change")}<//></td></tr>`)}</tbody></table></div>
    ${changing && html`<${Catch} command=${changing} chosen=${chosen} onKey=${take} onClose=${() => setChanging(null)} />`}<//>`;
}
