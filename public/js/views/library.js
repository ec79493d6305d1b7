/** All media: a grid with filters, and what is done with several at once. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { MEDIA_PAGE } from "../addresses.js";
import { media as api } from "../api.js";
import { ago, shortTitle } from "../format.js";
import { useNow, usePages } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { isFiltered, mediaQuery } from "../library/choice.js";
import { LibraryFilters } from "../library/filters.js";
import { Selected } from "../library/selected.js";
import { Undo } from "../library/undo.js";
import { link } from "../router.js";
import { Thumbnail } from "../thumbnail.js";
import { Badge, Empty, LinkButton, More, Page, Skeletons, Trouble } from "../ui.js";
import { watchMedia } from "../watch.js";

await useWords("library");

export const name = "library";

function Tile({ item, now, selected, onSelect }) {
  const title = shortTitle(item.title);
  const inputs = item.inputs ?? {};
  const unfinished = item.jobs?.unfinished ?? 0;
  return html`<li class=${selected ? "tile selected" : "tile"}><span class="tile-select"><input type="checkbox" checked=${selected} aria-label=${t("jobs.select", { name: title })} onChange=${(event) => onSelect(event.target.checked)} /></span>
    <a href=${link("media", item.mediaId)} title=${item.title}>
    <${Thumbnail} item=${item} />
    <span class="tile-text"><strong>${title}</strong>
      <span class="note">${[item.site?.channel, ago(item.createdAt, now), item.jobs?.total ? t("library.jobs", { n: item.jobs.total }) : ""].filter(Boolean).join(" · ")}</span>
      <span class="tile-marks">${unfinished > 0 && html`<${Badge} tone="active">${t("library.running", { n: unfinished })}<//>`}
        ${inputs.subtitles && html`<${Badge}>${t("slot.subtitles")}<//>`}
        ${inputs["comments-data"] && html`<${Badge}>${t("slot.comments")}<//>`}
        ${item.tags?.map((tag) => html`<span class="badge tag" key=${tag}>${tag}</span>`)}</span></span></a></li>`;
}

/** Why nothing is shown. */
function Nothing({ query }) {
  if (query.query?.trim()) return html`<${Empty} icon="search" title=${t("library.noneFound")}><p>${t("library.noneFoundText", { query: query.query })}</p><//>`;
  if (isFiltered(query)) return html`<${Empty} icon="search" title=${t("library.noneFound")}><p>${t("library.noneWith")}</p><//>`;
  if (query.trash) return html`<${Empty} icon="trash" title=${t("library.trashEmpty")} />`;
  return html`<${Empty} icon="film" title=${t("library.empty")}><p>${t("library.emptyText")}</p>
    <div class="actions"><${LinkButton} kind="primary" icon="upload" href=${link("new", "video")}>${t("library.add")}<//>
      <${LinkButton} icon="download" href=${link("new", "video")}>${t("library.byUrl")}<//></div><//>`;
}

export function View({ route }) {
  const { query } = route;
  const wanted = mediaQuery(query);
  const asked = JSON.stringify(wanted);
  const now = useNow();
  const pages = usePages((cursor) => api.list({ ...wanted, limit: MEDIA_PAGE, cursor }), [asked], "library");
  useEffect(() => watchMedia(pages.refresh), [asked]);
  const [chosen, setChosen] = useState([]);
  const [changed, setChanged] = useState(0);
  useEffect(() => setChosen([]), [asked]);
  const { items, error } = pages;
  const selected = (items ?? []).filter((item) => chosen.includes(item.mediaId));
  const select = (mediaId) => (on) => setChosen((before) => (on ? [...before, mediaId] : before.filter((one) => one !== mediaId)));
  const reload = () => {
    setChosen([]);
    setChanged(changed + 1);
    pages.reload();
  };
  return html`<${Page} title=${query.trash ? t("library.inTrash") : t("library.title")} lead=${query.trash ? t("library.trashLead") : t("library.lead")}
    actions=${!query.trash && html`<${LinkButton} kind="primary" icon="upload" href=${link("new", "video")}>${t("library.add")}<//>`}>
    <${LibraryFilters} query=${query} changed=${changed} /><${Trouble} error=${error} onRetry=${pages.reload} />
    ${selected.length > 0 && html`<${Selected} items=${selected} isTrash=${Boolean(query.trash)} onClear=${() => setChosen([])} onDone=${reload} />`}
    <${Undo} onDone=${reload} />
    ${!items && !error && html`<${Skeletons} count=${8} kind="tile" />`}
    ${items?.length === 0 && html`<${Nothing} query=${query} />`}
    ${items?.length > 0 && html`<ul class="tiles" role="list">${items.map((item) => html`<${Tile} key=${item.mediaId} ...${{ item, now }} selected=${chosen.includes(item.mediaId)} onSelect=${select(item.mediaId)} />`)}</ul>`}
    <${More} pages=${pages} /><//>`;
}
