/** The list of cues: only the rows that are seen are drawn, and the one that has the focus. */
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { indexOf } from "../cues.js";
import { language, t } from "../i18n.js";
import { CueRow } from "./cuerow.js";
import { drawnRows, topsOf } from "./rows.js";

const USUAL_PX = 92;
const BETWEEN_PX = 8;
const AHEAD_PX = 600;
// Preact looks for the place of an element that stays among as many of the next as half of the children, and moves it,
// which loses the focus, where that is too few: these are enough. (They come first: at a place that was empty it looks
// for no former element.)
const BEFORE = Array(256).fill(null);

/** The heights of rows as they are drawn: `[heights, observe]`; `onChange(change)` with what came above the view. */
function useHeights(scroller, onChange) {
  const heights = useRef(new Map());
  const observer = useMemo(() => new ResizeObserver((entries) => {
    let above = 0;
    let isChanged = false;
    const top = scroller.current?.getBoundingClientRect().top ?? 0;
    for (const { target } of entries) {
      if (!target.isConnected) continue;
      const { bottom, height: own } = target.getBoundingClientRect();
      const height = own + BETWEEN_PX;
      const key = Number(target.dataset.cue);
      const change = height - (heights.current.get(key) ?? USUAL_PX);
      if (Math.abs(change) < 0.5) continue;
      heights.current.set(key, height);
      isChanged = true;
      if (bottom - change <= top) above += change;
    }
    if (isChanged) onChange(above);
  }), []);
  useEffect(() => () => observer.disconnect(), []);
  return [heights.current, observer];
}

/** Draws again when other rows come to be seen: `{top, height, onScroll}`. */
function useView(scroller) {
  const [view, setView] = useState({ top: 0, height: 900 });
  const look = () => {
    const { scrollTop = 0, clientHeight = 0 } = scroller.current ?? {};
    setView((before) => (Math.abs(before.top - scrollTop) < AHEAD_PX / 3 && before.height === clientHeight ? before : { top: scrollTop, height: clientHeight }));
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(scroller.current);
    look();
    return () => observer.disconnect();
  }, []);
  return [view, look];
}

/** The rows and the empty places between them. */
function placed(rows, tops, count) {
  const items = [];
  let next = 0;
  const gap = (until) => until > next && items.push(html`<div key=${`gap-${next}`} class="cue-gap" style=${{ height: `${tops[until] - tops[next]}px` }}></div>`);
  for (const [index, row] of rows) {
    gap(index);
    items.push(row);
    next = index + 1;
  }
  gap(count);
  return [...BEFORE, ...items];
}

/** Scroll a list, and nothing around it, until a row of it is seen. */
function scrollWithin(list, row) {
  const [box, at] = [list, row].map((element) => element.getBoundingClientRect());
  if (at.top < box.top) list.scrollTop += at.top - box.top;
  else if (at.bottom > box.bottom) list.scrollTop += at.bottom - box.bottom;
}

const NONE = [];

/** What of `second`, the other column, stands in the row of a cue; `found`: what was found in that column. */
function besideOf(second, { key }, found) {
  if (!second) return {};
  const others = second.pairs.get(key) ?? NONE;
  const [one] = others;
  const wrong = second.isEdited ? (others.length < 2 ? second.problems.get(one?.key) : others.flatMap((cue) => second.problems.get(cue.key) ?? [])) : undefined;
  const foundBeside = others.some((cue) => found?.has(cue.key)) ? found : undefined;
  return { others, foundBeside, isEdited: second.isEdited, wrongBeside: wrong, spokenBeside: second.language, nameBeside: second.name };
}

/** What of a row gets the focus. */
const placesOf = (beside) => ({ text: "textarea", number: ".cue-number", beside: beside === undefined ? "[data-beside]" : `[data-beside="${beside}"]` });

/**
 * `listRef.current.show(key, {focus, center, beside})` brings a cue into view; `focus`: `text`, `number` or `beside`, in the second column,
 * `beside`: at the cue of that key there. `problems` as `problemsOf`; `second`: the other column, as `useSecond`.
 */
export function CueList({ listRef, cues, selection, playing, problems, second, spoken, act, actBeside, found }) {
  const scroller = useRef(null);
  const wanted = useRef(null);
  const [, again] = useState(0);
  const [heights, observer] = useHeights(scroller, (above) => {
    if (above) scroller.current.scrollTop += above;
    again((n) => n + 1);
  });
  const [view, look] = useView(scroller);
  const tops = topsOf(cues.map((cue) => cue.key), heights, USUAL_PX);
  const pinned = indexOf(cues, selection.current);
  const top = Math.max(0, (scroller.current?.scrollTop ?? view.top) - AHEAD_PX);
  const drawn = drawnRows(tops, top, view.height + 2 * AHEAD_PX, pinned);
  const show = (key, { focus = null, center = false } = {}) => {
    wanted.current = { key, focus, center };
    again((n) => n + 1);
  };
  listRef.current = { show };
  useLayoutEffect(() => {
    const { key, focus, center, beside } = wanted.current ?? {};
    const index = key === undefined ? -1 : indexOf(cues, key);
    if (index < 0) return;
    const list = scroller.current;
    let row = list.querySelector(`[data-cue="${key}"]`);
    const isFar = tops[index + 1] < list.scrollTop || tops[index] > list.scrollTop + list.clientHeight;
    if (isFar || center) list.scrollTop = tops[index] - (list.clientHeight - (tops[index + 1] - tops[index])) / 2;
    if (!row) return look();
    wanted.current = null;
    // Only who goes to a row is taken there: on a phone the video is elsewhere on the page.
    if (focus) row.scrollIntoView({ block: "nearest" });
    else scrollWithin(list, row);
    if (focus) row.querySelector(placesOf(beside)[focus])?.focus({ preventScroll: true });
  });
  const rows = drawn.map((index) => {
    const cue = cues[index];
    const [current, chosen] = [cue.key === selection.current, selection.keys.has(cue.key)];
    const classes = ["cue", current && "current", chosen && "chosen", cue.key === playing && "playing", second && "with-beside"];
    return [index, html`<div key=${cue.key} role="listitem" aria-setsize=${cues.length} aria-posinset=${index + 1} class=${classes.filter(Boolean).join(" ")} data-cue=${cue.key}>
      <${CueRow} ...${{ cue, act, actBeside, observer, spoken, current, chosen }} ...${besideOf(second, cue, found?.beside)} n=${index + 1} said=${language()} problems=${problems.get(cue.key)} found=${found?.main.get(cue.key)} /></div>`];
  });
  const ofRow = (run) => (event) => {
    const row = event.target.closest("[data-cue]");
    if (row) run(Number(row.dataset.cue), event);
  };
  return html`<div class="cues" role="list" aria-label=${t("editor.cues")} ref=${scroller} onScroll=${look} onfocusin=${ofRow((key) => act.focus(key))} onMouseDown=${ofRow((key, event) => act.press(event, key))}>${placed(rows, tops, cues.length)}</div>`;
}
