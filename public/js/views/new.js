/** A new job: which kind, then its own form. */
import { html } from "../../vendor/htm-preact.js";
import { engineName } from "../engines.js";
import { t } from "../i18n.js";
import { link } from "../router.js";
import { Page, Tabs } from "../ui.js";
import { Burn } from "./burn.js";
import { Comments } from "./comments.js";
import { Download } from "./download.js";
import { Transcribe } from "./transcribe.js";

export const name = "new";

const KINDS = { burn: Burn, transcribe: Transcribe, comments: Comments, download: Download };
/** Where the tab has the name that the server has for the engine. */
const ENGINES = { transcribe: "asr-pipeline" };

export function View({ route }) {
  const kind = route.segments[1] in KINDS ? route.segments[1] : "burn";
  const mediaId = route.query.media;
  const Form = KINDS[kind];
  const tabs = Object.keys(KINDS).map((key) => [key, ENGINES[key] ? engineName(ENGINES[key]) : t(`new.${key}`), link("new", key, { media: mediaId })]);
  return html`<${Page} title=${t("new.title")} lead=${t(`new.${kind}_lead`)}>
    <${Tabs} label=${t("new.kinds")} current=${kind} tabs=${tabs} /><${Form} key=${kind + mediaId} mediaId=${mediaId} query=${route.query} /><//>`;
}
