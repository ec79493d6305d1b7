/**
 * Which key does what. Pure.
 *
 * A chord is written as `Ctrl+Shift+Enter`: modifiers in this order, then the key; Ctrl is also Apple's Command. A
 * keymap is `Map(command → [chord])`.
 */

/** Commands with their own chords and Aegisub's; where that has none, the own ones hold, if no other has them. */
const COMMANDS = [
  ["save", ["Ctrl+S"], ["Ctrl+S", "F2"]],
  ["undo", ["Ctrl+Z"], ["Ctrl+Z"]],
  ["redo", ["Ctrl+Shift+Z", "Ctrl+Y"], ["Ctrl+Y", "Ctrl+Shift+Z"]],
  ["play", ["Alt+P"], ["Ctrl+P", "B"]],
  ["playCue", ["Alt+R"], ["R", "S", "Space", "Num5"]],
  ["loop", ["Alt+L"], []],
  ["playBefore", [], ["Q", "Num1"]],
  ["playAfter", [], ["W", "Num3"]],
  ["playFirst", [], ["E"]],
  ["playLast", [], ["D"]],
  ["playOn", [], ["T"]],
  ["stop", [], ["H", "Num8"]],
  ["back", ["Alt+ArrowLeft"], []],
  ["forward", ["Alt+ArrowRight"], []],
  ["frameBack", ["Alt+,"], ["Ctrl+Num4"]],
  ["frameForward", ["Alt+."], ["Ctrl+Num6"]],
  ["goStart", ["Alt+["], ["Ctrl+1"]],
  ["goEnd", ["Alt+]"], ["Ctrl+2"]],
  ["setStart", ["Ctrl+["], ["Ctrl+3"]],
  ["setEnd", ["Ctrl+]"], ["Ctrl+4"]],
  ["leadIn", [], ["C"]],
  ["leadOut", [], ["V"]],
  ["times", ["Alt+T"], ["Ctrl+I"]],
  ["add", ["Ctrl+I"], ["Insert"]],
  ["split", ["Ctrl+Enter"], []],
  ["splitHere", ["Ctrl+Shift+Enter"], ["Ctrl+D"]],
  ["merge", ["Ctrl+M"], []],
  ["remove", ["Ctrl+Backspace"], ["Ctrl+Delete"]],
  ["previous", ["Alt+ArrowUp"], ["Z", "Ctrl+Num8", "Num0", "Alt+ArrowUp"]],
  ["next", ["Alt+ArrowDown"], ["X", "Ctrl+Num2", "Num2", "Alt+ArrowDown"]],
  ["nextOrNew", [], ["Enter"]],
  ["extendUp", ["Alt+Shift+ArrowUp"], []],
  ["extendDown", ["Alt+Shift+ArrowDown"], []],
  ["selectAll", ["Ctrl+A"], ["Ctrl+A"]],
  ["find", ["Ctrl+F"], ["Ctrl+F"]],
  ["replace", ["Ctrl+H"], ["Ctrl+H"]],
  ["findNext", ["F3"], ["F3"]],
  ["findPrevious", ["Shift+F3"], []],
  ["nextProblem", ["F8"], []],
  ["previousProblem", ["Shift+F8"], []],
  ["keys", ["F1"], ["F1"]],
];

export const IDS = COMMANDS.map(([id]) => id);
export const PRESETS = ["own", "aegisub"];

const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified"]);
// What Alt makes other characters of on some systems, and other layouts elsewhere.
const SIGNS = { BracketLeft: "[", BracketRight: "]", Comma: ",", Period: "." };

function keyOf({ key, code = "", altKey }) {
  const numpad = /^Numpad(\d)$/.exec(code);
  if (numpad) return `Num${numpad[1]}`;
  if (key === " ") return "Space";
  if (key.length > 1) return key;
  const printed = /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1] ?? SIGNS[code];
  return printed && (altKey || !/[!-~]/.test(key)) ? printed : key.toUpperCase();
}

/** The chord of a key press; "" for a modifier alone, and while an input method composes. */
export function chordOf(event) {
  if (event.isComposing || MODIFIERS.has(event.key)) return "";
  const key = keyOf(event);
  // With AltGr a person types a character.
  const typed = event.getModifierState?.("AltGraph");
  const shift = event.shiftKey && (key.length > 1 || /[A-Z0-9]/.test(key));
  const modifiers = [[!typed && (event.ctrlKey || event.metaKey), "Ctrl"], [!typed && event.altKey, "Alt"], [shift, "Shift"]];
  return [...modifiers.filter(([held]) => held).map(([, name]) => name), key].join("+");
}

/** Whether a chord is one that writes, moves or clicks where it is pressed, so that there it is no command. */
export const isPlain = (chord) => !/^(?:Ctrl\+|Alt\+|(?:Shift\+)?F\d+$)/.test(chord);

function presetKeys(preset) {
  const given = COMMANDS.map(([id, own, aegisub]) => [id, preset === "aegisub" ? aegisub : own]);
  const taken = new Set(given.flatMap(([, chords]) => chords));
  const own = new Map(COMMANDS.map(([id, chords]) => [id, chords]));
  return new Map(given.map(([id, chords]) => [id, chords.length ? chords : own.get(id).filter((chord) => !taken.has(chord))]));
}

/** The keymap of `{preset, changes: {command: [chord]}}`; a chord that was given to a command is no other's. */
export function keymapOf({ preset = "own", changes = {} } = {}) {
  const taken = new Set(Object.values(changes).flat());
  return new Map([...presetKeys(preset)].map(([id, chords]) => [id, changes[id] ?? chords.filter((chord) => !taken.has(chord))]));
}

/** The command of a chord, null where it has none. */
export const commandOf = (keymap, chord) => [...keymap].find(([, chords]) => chords.includes(chord))?.[0] ?? null;

/** The changes after `chord` has become the only one of `command`, null: none of its. Another command loses it. */
export function withKey(chosen, command, chord) {
  const keymap = keymapOf(chosen);
  const other = chord && commandOf(keymap, chord);
  const changes = { ...chosen.changes, [command]: chord ? [chord] : [] };
  if (other && other !== command) changes[other] = keymap.get(other).filter((one) => one !== chord);
  return { ...chosen, changes };
}

const SHOWN = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Backspace: "⌫", Delete: "Del", Insert: "Ins" };

/** A chord as people read it: its keys. */
export const shownKeys = (chord) => chord.split(/\+(?!$)/).map((key) => SHOWN[key] ?? key);
