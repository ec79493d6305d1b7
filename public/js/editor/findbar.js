/** Find and replace, above the list. */
import { html, useEffect, useMemo, useRef, useState } from "../../vendor/htm-preact.js";
import { change, indexOf } from "../cues.js";
import { count } from "../format.js";
import { t, useWords } from "../i18n.js";
import { Button, Check, TextField, announce } from "../ui.js";
import { withTimes, withoutTimes } from "../wordtimes.js";
import { MATCHES_MAX, answerTo, patternOf } from "../../workers/find.js";
import { faultIn } from "./patternfault.js";
import { TIMEOUT_MS, searcher } from "./searching.js";
import { chosen } from "./selection.js";

await useWords("find");

const SETTLE_MS = 150;
const EMPTY = { find: "", replace: "", isRegex: false, matchCase: false, wholeWords: false, inChosen: false, inBoth: false };

const badPattern = (said) => t("find.badPattern", { why: t(`find.fault_${faultIn(said)}`) });

/** Matches by cue for the rows, of each column: `Map(key → [[from, to, isCurrent]])`. */
function byCue(found, place) {
  const marks = { main: new Map(), beside: new Map() };
  found.forEach(({ column, key, from, to }, index) => marks[column].set(key, [...(marks[column].get(key) ?? []), [from, to, index === place]]));
  return marks;
}

/** What is searched, in the order of the rows: `{column, key, row, text}`; `pairs`: of the second column, if it is searched. */
function searched(cues, pairs) {
  const entry = (column, row) => ({ key, text }) => ({ column, key, row, text: withoutTimes(text) });
  return cues.flatMap((cue) => [entry("main", cue.key)(cue), ...(pairs?.get(cue.key) ?? []).map(entry("beside", cue.key))]);
}

/** The cues of a column with the texts of `changed`, by key. */
const withTexts = (changed) => (cues) => changed.reduce((next, [{ key }, text]) => {
  const index = indexOf(next, key);
  return index < 0 ? next : change(next, index, { text: withTimes(text, next[index].text) });
}, cues);

/** The state of a search: what the bar and the rows show of it, and what keys do. `second`: the other column with its `pairs`, null where none is edited. */
export function useFind({ edited, selection, list, isOpen, second }) {
  const [query, setQuery] = useState(EMPTY);
  const [state, setState] = useState({ found: [], place: -1, fault: "" });
  const search = useMemo(searcher, []);
  // One of its own: the search that follows what is typed must not end it.
  const replacing = useMemo(searcher, []);
  useEffect(() => () => [search, replacing].forEach(({ end }) => end()), []);
  const { cues } = edited;
  const among = query.inChosen ? chosen(selection) : null;
  const pairs = query.inBoth ? second?.pairs : null;
  const entries = () => searched(cues.filter(({ key }) => !among || among.has(key)), pairs);
  const texts = (all) => all.map(({ text }, at) => [at, text]);
  const faultOf = (answer) => (answer.tooLong ? t("find.tooLong", { s: TIMEOUT_MS / 1000 }) : answer.fault !== undefined ? badPattern(answer.fault) : answer.failed ? t("find.failed") : "");
  // A text takes no longer than it is: only patterns need a thread that can be ended.
  const ask = async (asked, question) => (query.isRegex ? asked.ask(question) : answerTo(question));
  useEffect(() => {
    if (!isOpen || !query.find || !cues) {
      setState({ found: [], place: -1, fault: "" });
      return undefined;
    }
    const timer = setTimeout(async () => {
      const all = entries();
      const answer = await ask(search, { verb: "find", texts: texts(all), query });
      if (!answer) return;
      const found = (answer.found ?? []).map(([at, from, to]) => ({ ...all[at], from, to }));
      setState((before) => ({ found, place: Math.min(before.place, found.length - 1), fault: faultOf(answer) }));
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [isOpen, query, cues, pairs, query.inChosen && selection]);
  const go = (by) => setState((before) => {
    const { found } = before;
    if (!found.length) return before;
    const begun = before.place >= 0 ? before.place + by : nextFrom(found, cues, selection.current, by);
    const place = (begun + found.length) % found.length;
    list.current?.show(found[place].row, { center: true });
    announce(t("find.place", { n: place + 1, count: found.length }));
    return { ...before, place };
  });
  const replace = async (only) => {
    const all = entries();
    const at = only && all.findIndex(({ column, key }) => column === only.column && key === only.key);
    const answer = await ask(replacing, { verb: "replace", texts: texts(all), query, only: only && [at, only.from] });
    if (!answer) return;
    if (!answer.changed) setState((before) => ({ ...before, fault: faultOf(answer) }));
    else if (answer.changed.length) {
      const changed = Object.groupBy(answer.changed.map(([index, text]) => [all[index], text]), ([{ column }]) => column);
      edited.editAll(Object.fromEntries(Object.entries(changed).map(([column, texts]) => [column, withTexts(texts)])), { label: only ? "find.did_one" : "find.did_all" });
      if (!only) announce(t("find.replaced", { n: state.found.length }));
    }
  };
  const one = () => state.place < 0 ? go(1) : replace(state.found[state.place]);
  return { query, setQuery, ...state, go, one, all: () => replace(null), marks: isOpen ? byCue(state.found, state.place) : null };
}

/** The first match from the current cue on, or before it. */
function nextFrom(found, cues, current, by) {
  const places = new Map(cues.map(({ key }, index) => [key, index]));
  const from = places.get(current) ?? 0;
  if (by > 0) return Math.max(0, found.findIndex(({ row }) => places.get(row) >= from));
  return found.findLastIndex(({ row }) => places.get(row) <= from);
}

/** `other`: the name of the second column, undefined where none is edited. */
export function FindBar({ find, other, focus, withReplace, onClose }) {
  const ref = useRef(null);
  const { query, setQuery, found, place, fault } = find;
  useEffect(() => ref.current?.querySelector("input")?.select(), [focus]);
  const set = (name) => (value) => setQuery((before) => ({ ...before, [name]: value }));
  const bad = patternOf(query).fault;
  const wrong = bad === undefined ? fault : badPattern(bad);
  const summary = !query.find || wrong ? "" : place >= 0 ? t("find.place", { n: place + 1, count: count(found.length) }) : t("find.count", { n: found.length, more: found.length >= MATCHES_MAX ? "+" : "" });
  const keys = (event) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && event.target.matches("input[type='text']")) {
      event.preventDefault();
      find.go(event.shiftKey ? -1 : 1);
    }
  };
  return html`<div class="card stack find" role="search" aria-label=${t("find.title")} ref=${ref} onKeyDown=${keys}>
    <div class="find-fields"><${TextField} label=${t("find.find")} value=${query.find} error=${wrong} aria-invalid=${wrong ? "true" : undefined} spellcheck="false" onValue=${set("find")} />
      ${withReplace && html`<${TextField} label=${t("find.replace")} value=${query.replace} spellcheck="false" onValue=${set("replace")} />`}</div>
    <div class="actions"><${Check} label=${t("find.regex")} checked=${query.isRegex} onValue=${set("isRegex")} />
      <${Check} label=${t("find.case")} checked=${query.matchCase} onValue=${set("matchCase")} />
      <${Check} label=${t("find.words")} checked=${query.wholeWords} onValue=${set("wholeWords")} />
      <${Check} label=${t("find.chosen")} checked=${query.inChosen} onValue=${set("inChosen")} />
      ${other && html`<${Check} label=${t("editor.alsoIn", { name: other })} checked=${query.inBoth} onValue=${set("inBoth")} />`}</div>
    <div class="actions"><span class="note numbers" role="status">${summary}</span><span class="actions push">
      <${Button} small kind="quiet" icon="up" aria-label=${t("find.previous")} disabled=${!found.length} onClick=${() => find.go(-1)} />
      <${Button} small kind="quiet" icon="chevron" aria-label=${t("find.next")} disabled=${!found.length} onClick=${() => find.go(1)} />
      ${withReplace && html`<${Button} small disabled=${!found.length} onClick=${find.one}>${t("find.one")}<//>
      <${Button} small disabled=${!found.length} onClick=${find.all}>${t("find.all")}<//>`}
      <${Button} small kind="quiet" icon="cross" aria-label=${t("ui.close")} onClick=${onClose} /></span></div></div>`;
}
