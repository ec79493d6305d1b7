/** The words of a transcript as a text that follows the video: to be read, searched, played from and corrected. */
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../vendor/htm-preact.js";
import { jobs as api, media } from "./api.js";
import { percent, timecode } from "./format.js";
import { useLoaded } from "./hooks.js";
import { t, useWords } from "./i18n.js";
import { link } from "./router.js";
import { Button, Check, Empty, Icon, LinkButton, Skeletons, Trouble } from "./ui.js";
import { DOUBT, doubtful, find, lastAt, paragraphOf, paragraphsOf, saidAt } from "./words.js";

await useWords("transcript");

const NEAR = "600px 0px"; // How far outside the box words are drawn.

/** The newest version of subtitles that goes back to what `job` has made, by edits alone; undefined without one. */
export function editedFrom(versions, job) {
  const made = versions.find((version) => version.origin === "transcript" && version.createdAt === job.finishedAt);
  const line = new Set(made && [made.inputId]);
  // Oldest first: an edit comes after what it was made of.
  return [...versions].reverse().reduce((newest, version) => {
    if (version.origin !== "edit" || !line.has(version.parent)) return newest;
    line.add(version.inputId);
    return version;
  }, made);
}

function Word({ word, index, selected, found }) {
  const doubt = typeof word.confidence === "number" && word.confidence < DOUBT;
  const said = word.text.trim();
  const kinds = [doubt && "doubtful", selected && "selected", found && "found"].filter(Boolean).join(" ");
  return html`${word.text.length > word.text.trimStart().length ? " " : ""}<span data-word=${index} class=${kinds || undefined}
    title=${doubt ? t("transcript.doubt", { sure: percent(word.confidence) }) : undefined}>${said}${doubt && html`<span class="visually-hidden aside"> (${t("transcript.misheard")})</span>`}</span>`;
}

/** One paragraph: its words while it is near the part that is seen, else their text alone. */
function Paragraph({ paragraph, words, observer, selected, hits, onDrawn }) {
  const ref = useRef(null);
  const [near, setNear] = useState(false);
  useEffect(() => observer.watch(ref.current, setNear), []);
  const drawn = near || selected >= 0;
  useLayoutEffect(() => drawn && onDrawn(), [drawn]);
  const shown = useMemo(() => {
    if (!drawn) return paragraph.text;
    const found = new Set(hits.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)));
    return words.slice(paragraph.from, paragraph.to).map((word, at) => {
      const index = paragraph.from + at;
      return html`<${Word} key=${index} ...${{ word, index }} selected=${index === selected} found=${found.has(index)} />`;
    });
  }, [drawn, paragraph, selected, hits]);
  return html`<div class="passage" ref=${ref}>
    <button type="button" class="passage-time" tabindex="-1" data-play=${paragraph.startMs} aria-label=${t("transcript.playFrom", { at: timecode(paragraph.startMs, { millis: false }) })}>${timecode(paragraph.startMs, { millis: false })}</button>
    <p dir="auto">${paragraph.speaker && html`<strong class="speaker">${paragraph.speaker}</strong>`}${shown}</p></div>`;
}

/** Tells each paragraph whether it is near the part of the box that is seen. */
function useNearness(box) {
  const [observer] = useState(() => {
    const listeners = new Map();
    let seen = null;
    return {
      start: (root) => {
        seen = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => listeners.get(target)?.(isIntersecting)), { root, rootMargin: NEAR });
        listeners.forEach((_, element) => seen.observe(element));
        return () => seen.disconnect();
      },
      watch: (element, listener) => {
        listeners.set(element, listener);
        seen?.observe(element);
        return () => {
          listeners.delete(element);
          seen?.unobserve(element);
        };
      },
    };
  });
  useEffect(() => observer.start(box.current), []);
  return observer;
}

/**
 * The word that is being said, marked in the text while `video` plays, and kept in sight if `follow` says so.
 *
 * The mark is set past the components: they would be compared at every word.
 */
function useSaid({ video, words, box, follow, show }) {
  const marked = useRef(null);
  const said = useRef(-1);
  const mark = () => {
    const element = said.current < 0 ? null : box.current?.querySelector(`[data-word="${said.current}"]`);
    if (element === marked.current) return;
    marked.current?.removeAttribute("aria-current");
    element?.setAttribute("aria-current", "true");
    marked.current = element;
  };
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    let frame = 0;
    const look = () => {
      const index = saidAt(words, element.currentTime * 1000);
      if (index === said.current && (index < 0 || marked.current?.isConnected)) return;
      said.current = index;
      mark();
      if (index >= 0 && follow.current) show(index);
    };
    const run = () => {
      look();
      frame = element.paused ? 0 : requestAnimationFrame(run);
    };
    const begin = () => frame || run();
    const events = ["play", "seeked", "timeupdate"];
    events.forEach((name) => element.addEventListener(name, begin));
    return () => {
      cancelAnimationFrame(frame);
      events.forEach((name) => element.removeEventListener(name, begin));
    };
  }, [words, video.current]);
  return mark;
}

/** Have the word of this index, or its paragraph where it is not drawn, in the middle part of the box. */
function bringIntoSight(box, paragraphs, index) {
  if (!box) return;
  const place = box.querySelector(`[data-word="${index}"]`) ?? box.querySelectorAll(".passage")[paragraphOf(paragraphs, index)];
  const [outer, inner] = [box.getBoundingClientRect(), place.getBoundingClientRect()];
  const margin = Math.min(outer.height / 5, 60);
  if (inner.top >= outer.top + margin && inner.bottom <= outer.bottom - margin) return;
  box.scrollTop += inner.top - outer.top - outer.height / 3;
}

/** A list of places with what leads to the next and the one before. */
function Steps({ label, none, count, at, onStep, icon }) {
  if (!count) return html`<span class="note">${none}</span>`;
  return html`<span class="steps" role="group" aria-label=${label}>${icon && html`<${Icon} name=${icon} />`}<span class="note numbers">${at >= 0 ? t("transcript.nth", { n: at + 1, count }) : label}</span>
    <${Button} small kind="quiet" icon="up" aria-label=${t("transcript.previous", { what: label })} onClick=${() => onStep((Math.max(at, 0) + count - 1) % count)} />
    <${Button} small kind="quiet" icon="chevron" aria-label=${t("transcript.next", { what: label })} onClick=${() => onStep((at + 1) % count)} /></span>`;
}

/** What is known of the selected word, and what leads to the editor there. */
function Selected({ word, editor }) {
  const sure = typeof word?.confidence === "number" ? t("transcript.sure", { sure: percent(word.confidence) }) : "";
  return html`<div class="selected-word"><p role="status">${word
    ? html`<strong dir="auto">${word.text.trim()}</strong> <span class="note numbers">${[timecode(word.startMs), sure].filter(Boolean).join(" · ")}</span>`
    : html`<span class="note">${t("transcript.help")}</span>`}</p>
    ${editor && html`<${LinkButton} small icon="edit" href=${editor(word?.startMs)}>${word ? t("transcript.correct") : t("transcript.editor")}<//>`}</div>`;
}

/** What the keys do in the text; the arrows that lead on go with the direction of the text. */
function onKey(event, { selected, count, paragraphs, select, play, toggle }) {
  const box = event.currentTarget;
  const isPress = event.key === "Enter" || event.key === " ";
  if (event.ctrlKey || event.metaKey || event.altKey || (isPress && event.target !== box)) return;
  const rtl = getComputedStyle(box.querySelector(".passage p")).direction === "rtl";
  const from = paragraphOf(paragraphs, Math.max(selected, 0));
  const to = {
    ArrowRight: selected + (rtl ? -1 : 1),
    ArrowLeft: selected + (rtl ? 1 : -1),
    ArrowDown: selected < 0 ? 0 : paragraphs[from + 1]?.from,
    ArrowUp: paragraphs[from - 1]?.from,
    Home: 0,
    End: count - 1,
  }[event.key];
  if (event.key === "Enter") play(Math.max(selected, 0));
  else if (event.key === " ") toggle();
  else if (to >= 0 && to < count) select(to);
  else if (!event.key.startsWith("Arrow")) return;
  event.preventDefault();
}

function Text({ document, video, editor }) {
  const { words } = document;
  const box = useRef(null);
  const paragraphs = useMemo(() => paragraphsOf(words), [words]);
  const doubts = useMemo(() => doubtful(words), [words]);
  const [query, setQuery] = useState("");
  const hits = useMemo(() => find(paragraphs, query), [paragraphs, query]);
  const hitsOf = useMemo(() => Map.groupBy(hits, ({ paragraph }) => paragraph), [hits]);
  const [selected, setSelected] = useState(-1);
  const [follows, setFollows] = useState(true);
  const follow = useRef(true);
  follow.current = follows;
  const observer = useNearness(box);
  const show = (index) => bringIntoSight(box.current, paragraphs, index);
  const mark = useSaid({ video, words, box, follow, show });
  useLayoutEffect(() => {
    if (selected >= 0) show(selected);
  }, [selected]);
  const play = (ms) => {
    if (!video.current) return;
    video.current.currentTime = ms / 1000;
    video.current.play().catch(() => {});
  };
  const toggle = () => video.current && (video.current.paused ? video.current.play().catch(() => {}) : video.current.pause());
  const onClick = (event) => {
    const time = event.target.closest("[data-play]");
    const word = event.target.closest("[data-word]");
    if (time) play(Number(time.dataset.play));
    // Who selects text to copy it does not want to hear it.
    else if (word && getSelection().isCollapsed) {
      setSelected(Number(word.dataset.word));
      play(words[word.dataset.word].startMs);
    }
  };
  const list = useMemo(() => paragraphs.map((paragraph, number) => {
    const inside = selected >= paragraph.from && selected < paragraph.to;
    return html`<${Paragraph} key=${number} ...${{ paragraph, words, observer }} selected=${inside ? selected : -1} hits=${hitsOf.get(number) ?? NONE} onDrawn=${mark} />`;
  }), [paragraphs, hitsOf, selected]);
  const hit = hits.findIndex(({ from }) => from === selected);
  const step = (places) => (at) => setSelected(places[at]);
  const keys = { selected, count: words.length, paragraphs, select: setSelected, play: (index) => play(words[index].startMs), toggle };
  return html`<div class="transcript-tools"><div class="search"><${Icon} name="search" /><input type="search" aria-label=${t("transcript.search")} placeholder=${t("transcript.search")} value=${query}
        onInput=${(event) => setQuery(event.target.value)} onKeyDown=${(event) => event.key === "Enter" && hits.length && setSelected(hits[(hit + (event.shiftKey ? hits.length - 1 : 1)) % hits.length].from)} /></div>
      ${query.trim() && html`<${Steps} label=${t("transcript.hits", { n: hits.length })} none=${t("transcript.noHits")} count=${hits.length} at=${hit} onStep=${step(hits.map(({ from }) => from))} />`}
      ${doubts.length > 0 && html`<${Steps} label=${t("transcript.doubts", { n: doubts.length })} count=${doubts.length} at=${doubts.indexOf(selected)} onStep=${step(doubts)} />`}
      ${video.current && html`<${Check} label=${t("transcript.follow")} checked=${follows} onValue=${setFollows} />`}</div>
    ${doubts.length > 0 && html`<p class="note"><span class="doubtful">${t("transcript.doubtWord")}</span> ${t("transcript.legend", { sure: percent(DOUBT) })}</p>`}
    <div class="transcript" ref=${box} role="group" aria-label=${t("transcript.text")} tabindex="0" lang=${document.language ?? undefined} onClick=${onClick} onKeyDown=${(event) => onKey(event, keys)}
      onWheel=${() => video.current?.paused === false && setFollows(false)} onTouchMove=${() => video.current?.paused === false && setFollows(false)}>${list}</div>
    <${Selected} word=${words[selected]} editor=${editor} />`;
}

const NONE = [];

/** The transcript that `job` has made of `item`; `video` is the ref of the element that plays it. */
export function Transcript({ job, item, video }) {
  const loaded = useLoaded(() => api.words(job.jobId), [job.jobId]);
  const versions = useLoaded(async () => (await media.versions(item.mediaId, "subtitles")).items, [item.mediaId]);
  const version = versions.data && editedFrom(versions.data, job);
  const editor = version && ((ms) => link("media", item.mediaId, "subtitles", { version: version.inputId, at: ms === undefined ? undefined : Math.round(ms) }));
  return html`<section class="card stack" aria-labelledby="transcript"><h2 id="transcript">${t("transcript.title")}</h2>
    <${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    ${!loaded.data && !loaded.error && html`<${Skeletons} kind="block" count=${1} />`}
    ${loaded.data?.words.length === 0 && html`<${Empty} icon="subtitles" title=${t("transcript.empty")}><p>${t("transcript.emptyText")}</p><//>`}
    ${loaded.data?.words.length > 0 && html`<${Text} document=${loaded.data} ...${{ video, editor }} />`}</section>`;
}
