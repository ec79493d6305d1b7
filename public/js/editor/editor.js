/** The subtitle editor: video and tools beside the list of cues. */
import { html, useEffect, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { faults, lastBefore } from "../cues.js";
import { useAction } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { Notices } from "../notices.js";
import { Player } from "../player.js";
import { handlers } from "../timeline/editing.js";
import { Timeline } from "../timeline/timeline.js";
import { Button, Empty, Skeletons, Trouble, announce } from "../ui.js";
import { commands } from "./commands.js";
import { CueList, focusCue } from "./cuelist.js";
import { useEdited } from "./edited.js";
import { Keys } from "./keymap.js";
import { staysAsItIs, toStore } from "./storing.js";
import { Tools } from "./tools.js";

await useWords("editor");

/** `known`: the version that is edited; `other`: cues to be read beside them; `atMs`: where the cue with the focus is. */
export function Editor({ item, known, other, file, atMs }) {
  const edited = useEdited(file);
  const [current, setCurrent] = useState(null);
  const [selected, setSelected] = useState([]); // On the timeline.
  const [playing, setPlaying] = useState(null);
  const video = useRef(null);
  const [lost, setLost] = useState([]); // What the last save could not keep of the file.
  const [learned, setLearned] = useState(0); // How many corrections of a translation the last save has taught.
  const [save, { busy, error }] = useAction(async () => {
    const { body, formatOf } = toStore(edited.file, edited.cues, known?.inputId);
    const stored = await api.putSubtitles(item.mediaId, body, undefined, known?.language, known?.inputId, formatOf);
    edited.saved();
    setLearned(stored.pairsLearned ?? 0);
    setLost(stored.notices.filter(({ code }) => code === "edited_tags_left_out"));
    announce(t("editor.saved"));
  });
  const wrong = useMemo(() => (edited.cues ? faults(edited.cues) : new Map()), [edited.cues]);
  const blocking = [...wrong.values()].some((fault) => fault === "order") || !edited.cues?.some((cue) => cue.text.trim());
  useEffect(() => {
    if (!edited.changed) return undefined;
    const ask = (event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [edited.changed]);
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
  const act = commands({ edited, video, setCurrent, save: () => edited.changed && !blocking && save() });
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
      <${Trouble} error=${error} />
      <div class="actions"><${Button} kind="primary" icon="check" busy=${busy} disabled=${!edited.changed || blocking} onClick=${save}>${t("editor.save")}<//>
        <span class="note" role="status">${edited.changed ? t("editor.unsaved") : learned ? t("editor.learned", { n: learned }) : t("editor.noChanges")}</span></div><${Keys} /></div>
    ${edited.cues.length === 0 ? html`<${Empty} icon="subtitles" title=${t("editor.empty")}><p>${t("editor.emptyText")}</p><div class="actions"><${Button} kind="primary" icon="plus" onClick=${() => act.add(null)}>${t("editor.add")}<//></div><//>`
      : html`<${CueList} cues=${edited.cues} ...${{ other, current, playing, wrong, act }} />`}</div>`;
}
