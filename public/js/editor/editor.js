/** The subtitle editor: video and tools beside the list of cues. */
import { html, useEffect, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { faults, lastBefore } from "../cues.js";
import { Saving, TrackNotes, useTrack } from "../drafts/editing.js";
import { t, useWords } from "../i18n.js";
import { Notices } from "../notices.js";
import { Player } from "../player.js";
import { handlers } from "../timeline/editing.js";
import { Timeline } from "../timeline/timeline.js";
import { Button, Empty, Skeletons } from "../ui.js";
import { commands } from "./commands.js";
import { CueList, focusCue } from "./cuelist.js";
import { useEdited } from "./edited.js";
import { Keys } from "./keymap.js";
import { staysAsItIs } from "./storing.js";
import { Tools } from "./tools.js";

await useWords("editor");

/** `known`: the version that is edited, one of `versions`; `other`: cues to be read beside them; `atMs`: where the cue with the focus is. */
export function Editor({ item, known, versions, other, file, atMs }) {
  const edited = useEdited(file);
  const [current, setCurrent] = useState(null);
  const [selected, setSelected] = useState([]); // On the timeline.
  const [playing, setPlaying] = useState(null);
  const video = useRef(null);
  const wrong = useMemo(() => (edited.cues ? faults(edited.cues) : new Map()), [edited.cues]);
  const blocking = [...wrong.values()].some((fault) => fault === "order") || !edited.cues?.some((cue) => cue.text.trim());
  const track = useTrack({ edited, mediaId: item.mediaId, known, versions, file, isFit: !blocking });
  const lost = track.notices.filter(({ code }) => code === "edited_tags_left_out"); // What the last save could not keep of the file.
  const onBody = useRef(null);
  useEffect(() => {
    // A cue that is deleted takes the focus with it: keys pressed before the next has it are the page's.
    const listen = (event) => event.target === document.body && onBody.current?.(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  useEffect(() => {
    if (!edited.cues?.length || atMs === null) return;
    focusCue(edited.cues[Math.max(0, lastBefore(edited.cues, atMs))].key);
    if (video.current) video.current.currentTime = atMs / 1000;
  }, [edited.cues !== undefined]);
  if (!edited.cues) return html`<${Skeletons} kind="block" count=${1} />`;
  const act = commands({ edited, video, setCurrent, save: () => edited.changed && !blocking && track.save() });
  onBody.current = (event) => act.key(event, current);
  const onTime = (ms) => {
    setPlaying(edited.cues.find((cue) => cue.startMs <= ms && ms < cue.endMs)?.key ?? null);
  };
  const source = item.inputs.video;
  const choose = (keys, key) => {
    setSelected(keys);
    setCurrent(key);
  };
  return html`<div class="editor" onKeyDown=${(event) => act.key(event, current)}>
    <${Timeline} cues=${edited.cues} selected=${selected} ...${{ current, videoRef: video }} mediaId=${item.mediaId} inputId=${source?.inputId} ...${handlers({ edited, choose, focus: focusCue, seek: act.seek })} />
    <div class="editor-view">${source && html`<${Player} src=${api.contentPath(item.mediaId, source.inputId)} cues=${edited.cues} videoRef=${video} onTime=${onTime} label=${item.title} />`}
      <${Tools} ...${{ edited, act, current }} />
      ${edited.file.kind !== "webvtt" && html`<div class=${`banner${staysAsItIs(edited.file) ? "" : " warn"}`}><p>${t(`editor.${staysAsItIs(edited.file) ? "staysAsItIs" : "becomesWebvtt"}`)}</p></div>`}
      <${Notices} notices=${[...edited.file.notices, ...lost]} />
      <${TrackNotes} ...${{ track, edited, mediaId: item.mediaId }} />
      <${Saving} ...${{ track, edited, isFit: !blocking }} /><${Keys} /></div>
    ${edited.cues.length === 0 ? html`<${Empty} icon="subtitles" title=${t("editor.empty")}><p>${t("editor.emptyText")}</p><div class="actions"><${Button} kind="primary" icon="plus" onClick=${() => act.add(null)}>${t("editor.add")}<//></div><//>`
      : html`<${CueList} cues=${edited.cues} ...${{ other, current, playing, wrong, act }} />`}</div>`;
}
