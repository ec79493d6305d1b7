/** The keys of the editor and what each does. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";

const SEEK_MS = 1000;

const KEYS = [["Ctrl", "Enter", "split"], ["Ctrl", "M", "merge"], ["Ctrl", "I", "add"], ["Ctrl", "⌫", "delete"], ["Ctrl", "[  ]", "times"], ["Ctrl", "S", "save"], ["Ctrl", "Z", "undo"], ["Alt", "↑ ↓", "move"], ["Alt", "← →", "seek"], ["Alt", "P", "play"]];

export const Keys = () => html`<details class="card"><summary>${t("editor.keys")}</summary><dl class="keys">${KEYS.map(([one, two, what]) =>
  html`<dt><kbd>${one}</kbd> <kbd>${two}</kbd></dt><dd>${t(`editor.key_${what}`)}</dd>`)}</dl></details>`;

/** What each key does, to the cue of `key` (null: none has the focus). */
export function onKey(event, key, act) {
  const ctrl = event.ctrlKey || event.metaKey;
  const commands = ctrl
    ? { Enter: act.split, m: act.merge, i: act.add, Backspace: act.remove, "[": act.setStart, "]": act.setEnd, s: act.save, z: event.shiftKey ? act.redo : act.undo, y: act.redo }
    : event.altKey ? { ArrowUp: (one) => act.move(one, -1), ArrowDown: (one) => act.move(one, 1), ArrowLeft: () => act.skip(-SEEK_MS), ArrowRight: () => act.skip(SEEK_MS), p: act.toggle } : {};
  const command = commands[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!command) return;
  event.preventDefault();
  event.stopPropagation();
  command(key, event.target.selectionStart ?? null);
}
