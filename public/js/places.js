/**
 * Where one was: each entry of the browser's history has a place, which knows how far it was scrolled and what of its lists was
 * loaded. Who comes back finds it so. It is kept as long as the tab; items of lists, as long as the page.
 */

const KEY = "media-jobs-places";
const PLACES_MAX = 50;
/** How long what was seen is waited for, where it comes later, and how long it must have stood still. */
const ARRIVE_MS = 10_000;
const STILL_MS = 300;
const PERSON_GOES_ON = ["wheel", "touchstart", "pointerdown", "keydown"];

const lists = new Map(); // `place list` -> {keys, items, cursor}
let places = {}; // place -> {top, seen: {href, top} | null, lists: {list: {keys, count}}}
let here = "";
let stopArriving = null;

/** Follow the history from now on; before anything else does. */
export function followPlaces() {
  history.scrollRestoration = "manual";
  try {
    places = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    // Not kept, or not readable: the page begins at its top.
  }
  enter();
  addEventListener("hashchange", enter);
  addEventListener("pagehide", write);
}

/** The place of what is shown: an id. */
export const place = () => here;

function enter() {
  const known = history.state?.place;
  if (here && known === here) return;
  if (here) leave();
  here = known ?? `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  if (!known) history.replaceState({ ...history.state, place: here }, "");
}

/** Remember what is seen. Heights of what was not drawn yet are guesses, so a link that is in sight says more than a length. */
function leave() {
  if (stopArriving) return stopArriving(); // It was not seen yet: what is known of it stays.
  const inSight = [...document.querySelectorAll('main a[href^="#/"]')].find((link) => link.getBoundingClientRect().top >= 0);
  const seen = inSight && scrollY > 0 ? { href: inSight.getAttribute("href"), top: inSight.getBoundingClientRect().top } : null;
  Object.assign(placeOf(here), { top: scrollY, seen });
}

function placeOf(id) {
  places[id] ??= { top: 0, seen: null, lists: {} };
  return places[id];
}

function write() {
  leave();
  try {
    sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(Object.entries(places).slice(-PLACES_MAX))));
  } catch {
    // Not kept.
  }
}

/** Scroll the view that is there now to what was seen of it; as soon as that is there, if a person does not scroll meanwhile. */
export function arrive() {
  stopArriving?.();
  const { top, seen } = placeOf(here);
  if (top === 0) {
    scrollTo(0, 0);
    return;
  }
  const observer = new ResizeObserver(look);
  const timer = setTimeout(stop, ARRIVE_MS);
  let still = 0;
  stopArriving = stop;
  PERSON_GOES_ON.forEach((type) => addEventListener(type, stop, { passive: true }));
  observer.observe(document.body);
  look();

  function look() {
    const link = seen && document.querySelector(`main a[href="${CSS.escape(seen.href)}"]`);
    scrollTo(0, link ? scrollY + link.getBoundingClientRect().top - seen.top : top);
    clearTimeout(still);
    if (link || scrollY >= top - 1) still = setTimeout(stop, STILL_MS);
  }

  function stop() {
    observer.disconnect();
    clearTimeout(timer);
    clearTimeout(still);
    PERSON_GOES_ON.forEach((type) => removeEventListener(type, stop));
    stopArriving = null;
  }
}

/** What was loaded of a list in a place: `{items, cursor, count}`; after a page load the `count` alone; null where it was not. */
export function keptList(id, list, keys) {
  const wanted = JSON.stringify(keys);
  const inPage = lists.get(`${id} ${list}`);
  if (inPage?.keys === wanted) return { ...inPage, count: inPage.items.length };
  const counted = places[id]?.lists[list];
  return counted?.keys === wanted ? { count: counted.count } : null;
}

export function keepList(id, list, keys, { items, cursor }) {
  const wanted = JSON.stringify(keys);
  lists.set(`${id} ${list}`, { keys: wanted, items, cursor });
  placeOf(id).lists[list] = { keys: wanted, count: items.length };
}
