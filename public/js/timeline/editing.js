/** What the timeline does in the editor. */
import { addAfter, change, lastBefore } from "../cues.js";
import { retimed } from "./drag.js";

/** `cues` with a new one of that span, in its place in the order, and its key. */
export function withNew(cues, startMs, endMs) {
  const behind = lastBefore(cues, startMs);
  const more = addAfter(cues, behind, startMs);
  return [change(more, behind + 1, { startMs, endMs }), more[behind + 1].key];
}

/** The events of the timeline on `edited`; `choose(keys, current)`, `focus(key)` and `seek(ms)` are the editor's. */
export const handlers = ({ edited, choose, focus, seek }) => ({
  onSelect: choose,
  onSeek: seek,
  onOpen: focus,
  onTimes: (times, about) => edited.edit((cues) => retimed(cues, times), about),
  onNew: (startMs, endMs) => {
    const [cues, key] = withNew(edited.cues, startMs, endMs);
    edited.edit(cues, { label: "timeline.did_draw" });
    choose([key], key);
    focus(key);
  },
});
