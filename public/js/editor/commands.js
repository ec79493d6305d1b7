/** The commands of the editor on what is edited and on the video. */
import { addAfter, change, indexOf, lastBefore, merge, remove, split } from "../cues.js";
import { withTimes, withoutTimes } from "../wordtimes.js";
import { focusCue } from "./cuelist.js";
import { onKey } from "./keymap.js";

/** Each takes the key of the cue that it is about, null where there is none. */
export function commands({ edited, video, setCurrent, save }) {
  const { cues, edit } = edited;
  // Of the video itself: its events come up to a quarter of a second apart.
  const atMs = () => (video.current?.currentTime ?? 0) * 1000;
  const seek = (ms) => {
    if (video.current) video.current.currentTime = Math.max(0, ms / 1000);
  };
  const focusAt = (all, index) => all[index] && focusCue(all[index].key);
  const changed = (key, values) => (all) => {
    const index = indexOf(all, key);
    return index < 0 ? all : change(all, index, typeof values === "function" ? values(all[index]) : values);
  };
  const act = {
    focus: setCurrent,
    seek,
    save,
    undo: edited.undo,
    redo: edited.redo,
    change: (key, values, label) => edit(changed(key, values), { label }),
    type: (key, shown) => edit(changed(key, ({ text }) => ({ text: withTimes(shown, text) })), { label: "editor.did_type", merge: `type-${key}` }),
    remove: (key) => {
      const index = indexOf(cues, key);
      if (index < 0) return;
      const left = remove(cues, index);
      edit(left, { label: "editor.did_remove" });
      focusAt(left, Math.min(index, left.length - 1));
    },
    split: (key, caret) => {
      const index = indexOf(cues, key);
      if (index < 0) return;
      const parted = split(cues, index, caret ?? Math.floor(withoutTimes(cues[index].text).length / 2), atMs());
      edit(parted, { label: "editor.did_split" });
      focusAt(parted, index + 1);
    },
    merge: (key) => {
      const index = indexOf(cues, key);
      if (index >= 0) edit(merge(cues, index), { label: "editor.did_merge" });
      focusCue(key);
    },
    add: (key) => {
      const index = indexOf(cues, key);
      const behind = index >= 0 ? index : lastBefore(cues, atMs());
      const more = addAfter(cues, behind, index >= 0 ? null : atMs());
      edit(more, { label: "editor.did_add" });
      focusAt(more, behind + 1);
    },
    setStart: (key) => act.change(key, { startMs: Math.round(atMs()) }, "editor.did_times"),
    setEnd: (key) => act.change(key, { endMs: Math.round(atMs()) }, "editor.did_times"),
    move: (key, by) => focusAt(cues, Math.max(0, indexOf(cues, key)) + by),
    skip: (ms) => seek(atMs() + ms),
    toggle: () => video.current && (video.current.paused ? video.current.play().catch(() => {}) : video.current.pause()),
  };
  act.key = (event, key) => onKey(event, key, act);
  return act;
}
