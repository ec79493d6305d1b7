/** The fields that say which media the library shows, and in which order; each is a part of the address. */
import { html } from "../../vendor/htm-preact.js";
import { tags as tagsApi } from "../api.js";
import { useLoaded } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { Search } from "../results/search.js";
import { link, parse, replace } from "../router.js";
import { Button, SelectField } from "../ui.js";
import { HAS, SORTS, isFiltered } from "./choice.js";

await useWords("library");

/** `changed`: counts what has been done to the tags. */
export function LibraryFilters({ query, changed }) {
  const { tag = "", has = "", sort = SORTS[0], trash } = query;
  const known = useLoaded(() => tagsApi.list(), [changed]);
  // As it is by then: a search that was typed comes later than the choice after it.
  const set = (values) => replace("library", { ...parse(location.hash).query, ...values });
  const names = (known.data?.items ?? []).map((item) => [item.tag, `${item.tag} (${item.media})`]);
  if (tag && !names.some(([name]) => name === tag)) names.push([tag, tag]);
  return html`<search class="filters library-filters"><${Search} label=${t("library.search")} value=${query.query ?? ""} onValue=${(value) => set({ query: value })} />
    <${SelectField} label=${t("library.sort")} value=${sort} options=${SORTS.map((key) => [key, t(`library.${key === "title" ? "title_" : key}`)])} onValue=${(value) => set({ sort: value === SORTS[0] ? "" : value })} />
    <${SelectField} label=${t("library.has")} value=${has} options=${[["", t("library.any")], ...HAS.map((key) => [key, t(`library.has_${key}`)])]} onValue=${(value) => set({ has: value })} />
    ${names.length > 0 && html`<${SelectField} label=${t("library.tag")} value=${tag} options=${[["", t("library.anyTag")], ...names]} onValue=${(value) => set({ tag: value })} />`}
    ${isFiltered(query) && html`<${Button} kind="quiet" icon="cross" onClick=${() => set({ query: "", tag: "", has: "" })}>${t("library.clear")}<//>`}
    <a class="trash-link" href=${link("library", trash ? {} : { trash: 1 })}>${t(trash ? "library.leaveTrash" : "library.trash")}</a></search>`;
}
