/** Which media the library shows, as the address says it: `#/library?query=&tag=&has=&sort=&trash=1` (pure). */

export const SORTS = ["newest", "oldest", "title"];
export const HAS = ["video", "subtitles", "comments-data", "jobs"];
const FILTERS = ["query", "tag", "has"];

/** The query of `GET /api/media` for the query of the address; what it does not know is left out. */
export function mediaQuery({ query = "", tag, has, sort, trash } = {}) {
  return {
    query: query.trim(),
    tag,
    has: HAS.includes(has) ? has : undefined,
    sort: SORTS.includes(sort) && sort !== SORTS[0] ? sort : undefined,
    trashed: trash ? "true" : undefined,
  };
}

/** Whether the address leaves any media out. */
export const isFiltered = (query) => FILTERS.some((name) => query[name]);

/** The tags of a text with commas between them, each once, as the API takes them. */
export const tagsOf = (text) => [...new Set(text.split(/[,，、\n]/).map((tag) => tag.trim().replace(/\s+/g, " ")).filter(Boolean))];
