/** All media: a grid with search. */
import { html, useEffect, useRef } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { ago, shortTitle } from "../format.js";
import { useNow, usePages } from "../hooks.js";
import { t } from "../i18n.js";
import { link, replace } from "../router.js";
import { Thumbnail } from "../thumbnail.js";
import { Badge, Empty, Icon, LinkButton, More, Page, Skeletons, Trouble } from "../ui.js";
import { watchMedia } from "../watch.js";

export const name = "library";
const PAGE = 24;
const TYPING_MS = 250;

function Tile({ item, now }) {
  const title = shortTitle(item.title);
  const inputs = item.inputs ?? {};
  const unfinished = item.jobs?.unfinished ?? 0;
  return html`<li class="tile"><a href=${link("media", item.mediaId)} title=${item.title}>
    <${Thumbnail} item=${item} />
    <span class="tile-text"><strong>${title}</strong>
      <span class="note">${[item.site?.channel, ago(item.createdAt, now), item.jobs?.total ? t("library.jobs", { n: item.jobs.total }) : ""].filter(Boolean).join(" · ")}</span>
      <span class="tile-marks">${unfinished > 0 && html`<${Badge} tone="active">${t("library.running", { n: unfinished })}<//>`}
        ${inputs.subtitles && html`<${Badge}>${t("slot.subtitles")}<//>`}
        ${inputs["comments-data"] && html`<${Badge}>${t("slot.comments")}<//>`}</span></span></a></li>`;
}

export function View({ route }) {
  const query = route.query.query ?? "";
  const now = useNow();
  const timer = useRef(0);
  const pages = usePages((cursor) => api.list({ query, limit: PAGE, cursor }), [query]);
  useEffect(() => watchMedia(pages.refresh), [query]);
  const search = (event) => {
    clearTimeout(timer.current);
    const { value } = event.target;
    timer.current = setTimeout(() => replace("library", { query: value.trim() }), TYPING_MS);
  };
  const { items, error } = pages;
  const empty = items?.length === 0;
  return html`<${Page} title=${t("library.title")} lead=${t("library.lead")}
    actions=${html`<${LinkButton} kind="primary" icon="upload" href=${link("new", "video")}>${t("library.add")}<//>`}>
    <div class="search"><${Icon} name="search" /><input type="search" aria-label=${t("library.search")} placeholder=${t("library.search")}
      value=${query} onInput=${search} /></div>
    <${Trouble} error=${error} onRetry=${pages.reload} />
    ${!items && !error && html`<${Skeletons} count=${8} kind="tile" />`}
    ${empty && query && html`<${Empty} icon="search" title=${t("library.noneFound")}><p>${t("library.noneFoundText", { query })}</p><//>`}
    ${empty && !query && html`<${Empty} icon="film" title=${t("library.empty")}><p>${t("library.emptyText")}</p>
      <div class="actions"><${LinkButton} kind="primary" icon="upload" href=${link("new", "video")}>${t("library.add")}<//>
        <${LinkButton} icon="download" href=${link("new", "video")}>${t("library.byUrl")}<//></div><//>`}
    ${items?.length > 0 && html`<ul class="tiles" role="list">${items.map((item) => html`<${Tile} key=${item.mediaId} ...${{ item, now }} />`)}</ul>`}
    <${More} pages=${pages} /><//>`;
}
