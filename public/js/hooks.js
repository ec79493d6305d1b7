/** Small hooks that the views share. */
import { useCallback, useEffect, useMemo, useRef, useState } from "../vendor/htm-preact.js";
import { onLanguage } from "./i18n.js";
import { refreshed } from "./pages.js";
import { keepList, keptList, place } from "./places.js";
import { parse } from "./router.js";
import { inWords } from "./trouble.js";

const REFRESH_MS = 300;

/** Draw again when the language has changed. */
export function useLanguage() {
  const [, again] = useState(0);
  useEffect(() => onLanguage(() => again((count) => count + 1)), []);
}

/** Where the page is: `{segments, query}`. */
export function useRoute() {
  const shown = useRef(location.hash);
  const [route, setRoute] = useState(() => parse(shown.current));
  useEffect(() => {
    const look = () => {
      shown.current = location.hash;
      setRoute(parse(location.hash));
    };
    addEventListener("hashchange", look);
    // Who has gone on before this listened is not left behind.
    if (shown.current !== location.hash) look();
    return () => removeEventListener("hashchange", look);
  }, []);
  return route;
}

/** What `load` brings, again whenever `keys` change: `{data, error, loading, reload, set}`. */
export function useLoaded(load, keys) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  const newest = useRef(0);
  const reload = useCallback(async () => {
    const mine = ++newest.current;
    setState((before) => ({ ...before, loading: true }));
    try {
      const data = await load();
      if (mine === newest.current) setState({ data, error: null, loading: false });
    } catch (error) {
      if (mine === newest.current) setState((before) => ({ ...before, error: inWords(error), loading: false }));
    }
  }, keys);
  useEffect(() => {
    setState({ data: null, error: null, loading: true });
    reload();
    return () => {
      newest.current += 1;
    };
  }, [reload]);
  const set = useCallback((data) => setState((before) => ({ ...before, data: typeof data === "function" ? data(before.data) : data })), []);
  return { ...state, reload, set };
}

/**
 * A paged list: `{items, more, loading, error, next, reload, refresh}`. `load(cursor)` answers a page; `reload` loads what is shown
 * again, as a whole; `refresh` looks at the first page again, and what was loaded behind it stays.
 *
 * With a `name`, who comes back to its place finds as much of it as was loaded.
 */
export function usePages(load, keys, name = "") {
  const at = useRef(place()).current;
  const kept = name ? keptList(at, name, keys) : null;
  const [state, setState] = useState(() => ({ items: kept?.items ?? null, cursor: kept?.cursor ?? null, loading: true, error: null }));
  const newest = useRef(0);
  const isFirst = useRef(true);
  const shown = useRef(0);
  shown.current = state.items?.length ?? 0;
  const fetchPages = useCallback(async (cursor, count = 0) => {
    const mine = ++newest.current;
    setState((before) => ({ ...before, loading: true, error: null }));
    try {
      const page = await load(cursor);
      while (page.nextCursor && page.items.length < count && mine === newest.current) {
        const further = await load(page.nextCursor);
        page.items.push(...further.items);
        page.nextCursor = further.nextCursor;
      }
      if (mine !== newest.current) return;
      setState((before) => ({
        items: cursor ? [...before.items, ...page.items] : page.items,
        cursor: page.nextCursor,
        loading: false,
        error: null,
      }));
    } catch (error) {
      if (mine === newest.current) setState((before) => ({ ...before, loading: false, error: inWords(error) }));
    }
  }, keys);
  const due = useRef(0);
  const refresh = useMemo(() => {
    // Several changes at a time are one look.
    return () => {
      due.current ||= setTimeout(async () => {
        due.current = 0;
        const mine = newest.current;
        const page = await load(null).catch(() => null);
        if (page && mine === newest.current) setState((before) => (before.items ? { ...before, ...refreshed(before, page) } : before));
      }, REFRESH_MS);
    };
  }, keys);
  useEffect(() => {
    if (!isFirst.current) setState({ items: null, cursor: null, loading: true, error: null });
    fetchPages(null, isFirst.current ? kept?.count : 0);
    isFirst.current = false;
    return () => {
      newest.current += 1;
      clearTimeout(due.current); // A look at this list would be taken for one at the next.
      due.current = 0;
    };
  }, [fetchPages]);
  useEffect(() => {
    if (name && state.items) keepList(at, name, keys, state);
  }, [state.items, state.cursor]);
  return {
    ...state,
    more: state.cursor !== null,
    next: () => state.cursor && !state.loading && fetchPages(state.cursor),
    reload: () => fetchPages(null, shown.current),
    refresh,
  };
}

/** An action with its own waiting and its own error: `[run, {busy, error}]`. */
export function useAction(action) {
  const [state, setState] = useState({ busy: false, error: null });
  const run = async (...values) => {
    setState({ busy: true, error: null });
    try {
      const result = await action(...values);
      setState({ busy: false, error: null });
      return result;
    } catch (error) {
      setState({ busy: false, error: inWords(error) });
      return undefined;
    }
  };
  return [run, state];
}

/** The size of an element in CSS pixels, kept up to date: `[ref, {width, height}]`. */
export function useSize() {
  const [size, setSize] = useState({ width: 0, height: 0 });
  const observer = useRef(null);
  const ref = useCallback((element) => {
    observer.current?.disconnect();
    if (!element) return;
    observer.current = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    });
    observer.current.observe(element);
  }, []);
  return [ref, size];
}

/** The time, again every `everyMs`; for words like "2 minutes ago". */
export function useNow(everyMs = 30_000) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
