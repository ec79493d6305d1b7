/** What the timeline does in the editor. */
import { addAfter, change, lastBefore } from "../cues.js";

/** `cues` with a new one of that span, in its place in the order, and its key. */
export function withNew(cues, startMs, endMs) {
  const behind = lastBefore(cues, startMs);
  const more = addAfter(cues, behind, startMs);
  return [change(more, behind + 1, { startMs, endMs }), more[behind + 1].key];
}

/** The events of the timeline in the editor that edits `edited`, with its commands `act`; `show(key, {focus})` scrolls to a cue in its list. */
export const handlers = ({ edited, act, show }) => ({
  onSelect: (keys, key) => {
    act.choose(keys, key);
    if (key !== null) show(key);
  },
  onSeek: act.seek,
  onTimes: act.place,
  onLoop: act.loop,
  onOpen: (key) => show(key, { focus: "text" }),
  onNew: (startMs, endMs) => {
    const [cues, key] = withNew(edited.cues, startMs, endMs);
    edited.edit(cues, { label: "timeline.did_draw" });
    act.choose([key], key);
    show(key, { focus: "text" });
  },
});
