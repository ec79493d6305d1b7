/** A new job: which kind, then its own form. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { link } from "../router.js";
import { Page, Tabs } from "../ui.js";
import { Burn } from "./burn.js";
import { Comments } from "./comments.js";
import { Download } from "./download.js";

export const name = "new";

const KINDS = { burn: Burn, comments: Comments, download: Download };

export function View({ route }) {
  const kind = route.segments[1] in KINDS ? route.segments[1] : "burn";
  const mediaId = route.query.media;
  const Form = KINDS[kind];
  const tabs = Object.keys(KINDS).map((key) => [key, t(`new.${key}`), link("new", key, { media: mediaId })]);
  return html`<${Page} title=${t("new.title")} lead=${t(`new.${kind}_lead`)}>
    <${Tabs} label=${t("new.kinds")} current=${kind} tabs=${tabs} /><${Form} key=${kind + mediaId} mediaId=${mediaId} /><//>`;
}
