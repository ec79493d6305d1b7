/** Lists that come in pages (pure). */

const idOf = (item) => Object.values(item)[0];

/**
 * A list whose first page was loaded again: `{items, cursor}`. What is new comes in, what has changed is replaced, and what
 * was on the first page and is no more is gone; later pages stay as they are.
 */
export function refreshed({ items, cursor }, page) {
  const fresh = new Set(page.items.map(idOf));
  if (page.nextCursor === null) return { items: page.items, cursor: null };
  // The last of the fresh page that was known marks how far it reaches into the old list.
  const reach = items.findLastIndex((item) => fresh.has(idOf(item)));
  const later = items.slice(reach + 1);
  return later.length ? { items: [...page.items, ...later], cursor } : { items: page.items, cursor: page.nextCursor };
}
