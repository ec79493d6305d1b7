/** The commands of the editor: on what is edited, on the video, and on what is chosen. */
import { addAfter, change, indexOf, lastBefore, merge, remove, split } from "../cues.js";
import { withTimes as withWordTimes, withoutTimes } from "../wordtimes.js";
import { nextProblem } from "./checks.js";
import { caretAt, joined, nearestFrame, withTimes, without } from "./operations.js";
import { PARTS } from "./playback.js";
import { all, chosen, extended, only, toggled } from "./selection.js";

const SEEK_MS = 1000;
const LEAD_IN_MS = 200;
const LEAD_OUT_MS = 300;

/**
 * Made once; `now()` answers what is so at the time of a command: `{edited, selection, options, problems}`, and
 * `setSelection`, `list` (a ref of the list), `video` (a ref), `player`, `open(name)`, `save`.
 */
export function commands(now) {
  const at = (key) => indexOf(now().edited.cues, key);
  const current = () => now().selection.current;
  const cueOf = (key) => now().edited.cues[at(key)];
  const editing = { ...texts(now, at), ...times(now, cueOf) };
  const moving = moves(now, at);
  const keys = { previous: () => moving.move(-1), next: () => moving.move(1), extendUp: () => moving.extend(-1), extendDown: () => moving.extend(1) };
  return {
    ...editing, ...moving, ...keys, ...plays(now, cueOf),
    setTimes: (key, startMs, endMs) => editing.place([[key, startMs ?? cueOf(key).startMs, endMs ?? cueOf(key).endMs]]),
    removeOne: (key) => editing.remove(new Set([key])),
    save: () => now().save(),
    undo: () => now().edited.undo(),
    redo: () => now().edited.redo(),
    toggle: (name) => now().setOptions({ [name]: !now().options[name] }),
    nextOrNew: () => (at(current()) === now().edited.cues.length - 1 ? editing.add() : moving.move(1)),
    nextProblem: () => moving.toProblem(1),
    previousProblem: () => moving.toProblem(-1),
    ...Object.fromEntries(["find", "replace", "findNext", "findPrevious", "times", "keys"].map((name) => [name, () => now().open(name)])),
  };
}

const atMs = ({ video }) => (video.current?.currentTime ?? 0) * 1000;
/** Where the video is, as a time that cues have: whole ms. */
const wholeMs = (state) => Math.round(atMs(state));

/** What changes cues and their texts. */
function texts(now, at) {
  const show = (cues, index) => cues[index] && now().list.current?.show(cues[index].key, { focus: "text" });
  const edit = (next, label, merged) => now().edited.edit(next, { label: `editor.did_${label}`, merge: merged });
  const splitAt = (caret, placeMs) => {
    const { edited, selection } = now();
    const index = at(selection.current);
    if (index < 0) return;
    const parted = split(edited.cues, index, caret ?? Math.floor(withoutTimes(edited.cues[index].text).length / 2), placeMs);
    edit(parted, "split");
    show(parted, index + 1);
  };
  return {
    type: (key, shown) => edit((cues) => {
      const index = indexOf(cues, key);
      return index < 0 ? cues : change(cues, index, { text: withWordTimes(shown, cues[index].text) });
    }, "type", `type-${key}`),
    /** Without what is chosen, or `keys`. */
    remove: (keys = chosen(now().selection)) => {
      const { cues } = now().edited;
      const first = cues.findIndex((cue) => keys.has(cue.key));
      if (first < 0) return;
      const left = keys.size === 1 ? remove(cues, first) : without(cues, keys);
      edit(left, "remove");
      show(left, Math.min(first, left.length - 1));
    },
    split: (caret) => splitAt(caret, wholeMs(now())),
    splitHere: () => {
      const { edited, selection } = now();
      const cue = edited.cues[at(selection.current)];
      if (cue) splitAt(caretAt(cue, wholeMs(now())), wholeMs(now()));
    },
    /** What is chosen becomes one cue; a single one goes together with the next. */
    merge: () => {
      const { edited, selection, setSelection } = now();
      const keys = chosen(selection);
      const first = edited.cues.findIndex((cue) => keys.has(cue.key));
      if (first < 0) return;
      edit(keys.size > 1 ? joined(edited.cues, keys) : merge(edited.cues, first), "merge");
      setSelection(only(edited.cues[first].key));
      show(edited.cues, first);
    },
    add: () => {
      const { edited, selection } = now();
      const index = at(selection.current);
      const behind = index >= 0 ? index : lastBefore(edited.cues, wholeMs(now()));
      const more = addAfter(edited.cues, behind, index >= 0 ? null : wholeMs(now()));
      edit(more, "add");
      show(more, behind + 1);
    },
  };
}

/** What changes the times of cues. */
function times(now, cueOf) {
  const place = (changes, about = { label: "editor.did_times" }) => {
    const { edited, options } = now();
    edited.edit((cues) => withTimes(cues, changes, { ripple: options.ripple }), about);
  };
  const here = () => (now().options.frames ? nearestFrame(atMs(now()), now().fps) : wholeMs(now()));
  const edge = (startMs, endMs) => {
    const cue = cueOf(now().selection.current);
    if (cue) place([[cue.key, startMs(cue), endMs(cue)]]);
  };
  const start = ({ startMs }) => startMs;
  const end = ({ endMs }) => endMs;
  return {
    place,
    setStart: () => edge(here, end),
    setEnd: () => edge(start, here),
    leadIn: () => edge((cue) => Math.max(0, cue.startMs - LEAD_IN_MS), end),
    leadOut: () => edge(start, (cue) => cue.endMs + LEAD_OUT_MS),
  };
}

/** What goes to cues and chooses them. */
function moves(now, at) {
  const to = (key, focus) => now().list.current?.show(key, { focus });
  const beside = (by) => {
    const { edited, selection } = now();
    const index = Math.max(0, at(selection.current)) + by;
    return edited.cues[index]?.key;
  };
  const focusOf = () => (document.activeElement?.matches?.(".cue-number") ? "number" : "text");
  return {
    move: (by, focus = focusOf()) => {
      const key = beside(by);
      if (key === undefined) return;
      now().setSelection(only(key));
      to(key, focus);
    },
    extend: (by) => {
      const key = beside(by);
      if (key === undefined) return;
      now().setSelection((before) => extended(before, now().edited.cues, key));
      to(key, "number");
    },
    selectAll: () => now().setSelection((before) => all(now().edited.cues, before)),
    focus: (key) => now().setSelection((before) => (before.current === key ? before : only(key))),
    press: (event, key) => {
      const { shiftKey, ctrlKey, metaKey, target } = event;
      // In the text that has the focus, Shift and a click choose letters.
      if (!(shiftKey || ctrlKey || metaKey) || target === document.activeElement && !target.matches(".cue-number")) return;
      event.preventDefault();
      now().setSelection((before) => (shiftKey ? extended(before, now().edited.cues, key) : toggled(before, key)));
      to(key, "number");
    },
    choose: (keys, key) => now().setSelection({ current: key ?? null, anchor: key ?? null, keys: new Set(keys.length > 1 ? keys : []) }),
    toggleChosen: (key) => now().setSelection((before) => toggled(before, key)),
    toProblem: (by) => {
      const key = nextProblem(now().edited.cues, now().problems, now().selection.current, by);
      if (key === null) return;
      now().setSelection(only(key));
      to(key, "text");
    },
  };
}

/** What moves and plays the video. */
function plays(now, cueOf) {
  const seek = (ms) => {
    const video = now().video.current;
    if (video) video.currentTime = Math.max(0, ms / 1000);
  };
  const currentCue = () => cueOf(now().selection.current);
  const part = (name) => () => {
    const cue = currentCue();
    if (cue) now().player.play(() => PARTS[name](cueOf(cue.key) ?? cue));
  };
  const step = (by) => () => seek(((Math.round((atMs(now()) * now().fps) / 1000) + by + 0.01) * 1000) / now().fps);
  return {
    seek,
    go: (key) => seek(cueOf(key).startMs),
    goStart: () => currentCue() && seek(currentCue().startMs),
    goEnd: () => currentCue() && seek(currentCue().endMs),
    back: () => seek(atMs(now()) - SEEK_MS),
    forward: () => seek(atMs(now()) + SEEK_MS),
    frameBack: step(-1),
    frameForward: step(1),
    ...Object.fromEntries(Object.keys(PARTS).map((name) => [name, part(name)])),
    /** Again and again, whichever cue is the current one meanwhile. */
    loop: () => {
      const { looping, setLooping, player } = now();
      setLooping(!looping);
      if (looping) player.stop();
      else player.play(() => currentCue() && PARTS.playCue(currentCue()), true);
    },
    playOn: () => {
      now().player.stop();
      if (currentCue()) seek(currentCue().startMs);
      now().video.current?.play().catch(() => {});
    },
    stop: () => now().video.current?.pause(),
    play: () => {
      const video = now().video.current;
      now().player.stop();
      if (video?.paused) video.play().catch(() => {});
      else video?.pause();
    },
  };
}
