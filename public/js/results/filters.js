/** The fields that say which jobs are listed; each is a part of the address. */
import { html } from "../../vendor/htm-preact.js";
import { media as mediaApi } from "../api.js";
import { engineIds, engineName } from "../engines.js";
import { shortTitle } from "../format.js";
import { useLoaded } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { parse, replace } from "../router.js";
import { Button, Field, Segments, SelectField } from "../ui.js";
import { FILTERS, STATES, isFiltered } from "./jobfilters.js";
import { Search } from "./search.js";

await useWords("results");

const DateField = ({ label, value, onValue }) =>
  html`<${Field} label=${label} control=${(id) => html`<input id=${id} type="date" min="1970-01-02" max="2999-12-31" value=${value} onChange=${(event) => onValue(event.target.value)} />`} />`;

/** The media whose jobs alone are listed, and how to list all again. */
function OfMedia({ mediaId, onClear }) {
  const item = useLoaded(() => mediaApi.get(mediaId), [mediaId]);
  return html`<p class="of-media"><span>${t("filter.media", { title: shortTitle(item.data?.title ?? mediaId) })}</span>
    <${Button} small kind="quiet" icon="cross" onClick=${onClear}>${t("filter.everyMedia")}<//></p>`;
}

export function JobFilters({ query }) {
  const { state = "all", engine = "", since = "", until = "", media } = query;
  // As it is by then: a search that was typed comes later than the choice after it.
  const set = (values) => replace("jobs", { ...parse(location.hash).query, ...values });
  const clear = () => set(Object.fromEntries(FILTERS.map((name) => [name, ""])));
  const engines = [["", t("jobs.anyEngine")], ...engineIds().map((key) => [key, engineName(key)])];
  return html`<search class="stack"><div class="filters">
      <${Segments} label=${t("jobs.state")} value=${state} options=${Object.keys(STATES).map((key) => [key, t(`jobs.${key}`)])} onValue=${(value) => set({ state: value === "all" ? "" : value })} /></div>
    <div class="filters job-filters"><${Search} label=${t("filter.search")} value=${query.query ?? ""} onValue=${(value) => set({ query: value })} />
      <${SelectField} label=${t("jobs.engine")} value=${engine} options=${engines} onValue=${(value) => set({ engine: value })} />
      <${DateField} label=${t("filter.since")} value=${since} onValue=${(value) => set({ since: value })} />
      <${DateField} label=${t("filter.until")} value=${until} onValue=${(value) => set({ until: value })} />
      ${isFiltered(query) && html`<${Button} kind="quiet" icon="cross" onClick=${clear}>${t("filter.clear")}<//>`}</div>
    ${media && html`<${OfMedia} mediaId=${media} onClear=${() => set({ media: "" })} />`}</search>`;
}
