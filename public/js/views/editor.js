/** The subtitle editor: cues beside the video; saving makes a new version. */
import { html } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { whenSaved } from "../drafts/track.js";
import { shownOf } from "../editor/address.js";
import { Editor } from "../editor/editor.js";
import { shortTitle } from "../format.js";
import { useLoaded } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { NO_SUBTITLES, readVersion } from "../reading.js";
import { link } from "../router.js";
import { Page, Skeletons, Trouble } from "../ui.js";

await useWords("editor");

export const name = "subtitles";

/** A version of a media's subtitles, the media's own unless one is named, and which stands beside it. */
async function loadEdited(mediaId, query) {
  await whenSaved(mediaId);
  // The version that it probably is comes along with what says which one it is.
  const likely = query.version ?? api.newestSeen(mediaId);
  const early = likely && readVersion(mediaId, likely).catch(() => null);
  const [item, { items }] = await Promise.all([api.get(mediaId), api.versions(mediaId, "subtitles")]);
  const { known, besideId } = shownOf(items, item.inputs.subtitles, query);
  const read = known?.inputId === likely && (await early);
  return { item, known, versions: items, besideId, file: read || (known ? await readVersion(mediaId, known.inputId) : NO_SUBTITLES) };
}

export function View({ route }) {
  const mediaId = route.segments[1];
  const { version, at, run } = route.query;
  const loaded = useLoaded(() => loadEdited(mediaId, route.query), [mediaId, version]);
  const { item } = loaded.data ?? {};
  const back = run ? [t("editor.backToRun"), link("runs", run)] : [item ? shortTitle(item.title) : t("nav.library"), item ? link("media", mediaId) : link("library")];
  return html`<${Page} back=${back} title=${t("editor.title")} lead=${t("editor.lead")}><div class="editor-page"><${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    ${item ? html`<${Editor} key=${version} ...${loaded.data} query=${route.query} atMs=${at >= 0 ? Number(at) : null} />` : !loaded.error && html`<${Skeletons} kind="block" count=${1} />`}</div><//>`;
}
