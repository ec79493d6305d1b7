/** A video with cues drawn over it as the burner will draw them. */
import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { boxCss, boxesOf, heightOf, lookOf, placed, rgba, scaleOf, signCss, textCss } from "./burnstyle.js";
import { shownAt } from "./cues.js";
import { timecode } from "./format.js";
import { useSize } from "./hooks.js";
import { t } from "./i18n.js";
import { Button, Icon } from "./ui.js";
import { plainLines } from "./vtt.js";

/** Where a picture of `video` lies in a stage, in its middle, as large as it fits. */
export function pictureIn(stage, video) {
  if (!video.width || !stage.width) return { left: 0, top: 0, width: stage.width, height: stage.height };
  const scale = Math.min(stage.width / video.width, stage.height / video.height);
  const width = video.width * scale;
  const height = video.height * scale;
  return { left: (stage.width - width) / 2, top: (stage.height - height) / 2, width, height };
}

function Box({ box, picture, offset = 0, place }) {
  const { maxWidth, boxSizing, ...css } = boxCss(box.style, picture);
  const shift = place === "center" || !offset ? {} : { [place === "top" ? "marginTop" : "marginBottom"]: `${offset}px` };
  const perLine = box.style.box === "lines";
  return html`<div class="overlay-box" style=${{ maxWidth, boxSizing, ...(perLine ? {} : css), ...shift }} data-testid="burned">
    ${box.lines.map(({ text, style }, i) => html`<div key=${i} style=${textCss(style, picture)} dir="auto">
      ${perLine ? html`<span class="overlay-line" style=${css}>${text}</span>` : text}</div>`)}</div>`;
}

/** Distances of boxes at one edge: each wants its own, the ones behind make room. */
function offsets(boxes, place, picture) {
  const fromEdge = place === "bottom" ? [...boxes].reverse() : boxes;
  let taken = 0;
  const gaps = fromEdge.map((box) => {
    const look = lookOf(box.style, picture);
    const gap = Math.max(0, look.marginV - taken);
    taken += gap + heightOf(box.style, box.lines.length, picture);
    return gap;
  });
  return place === "bottom" ? gaps.reverse() : gaps;
}

const PLACES = { top: ["flex-start", "center"], center: ["center", "center"], bottom: ["flex-end", "center"] };

function cornerCss(position, vertical, side) {
  const [row = ""] = position.match(/top|bottom/) ?? [];
  const [column = ""] = position.match(/left|right/) ?? [];
  const css = {};
  if (row) css[row] = `${vertical}px`;
  else Object.assign(css, { top: "50%" });
  if (column) css[column] = `${side}px`;
  else Object.assign(css, { left: "50%" });
  css.transform = `translate(${column ? "0" : "-50%"}, ${row ? "0" : "-50%"})`;
  css.textAlign = column || "center";
  return css;
}

function Mark({ mark, picture }) {
  const scale = scaleOf(picture);
  const style = { fontSize: mark.fontSize, outlineWidth: 1, backgroundOpacity: 0, outlineColor: "#000000", textColor: mark.textColor };
  const css = { ...textCss(style, picture), color: rgba(mark.textColor, mark.opacity) };
  css.WebkitTextStroke = `${2 * scale}px ${rgba("#000000", mark.opacity)}`;
  return html`<div class="overlay-mark" style=${{ ...css, ...cornerCss(mark.position, mark.margin * scale, mark.margin * scale) }}>${mark.text}</div>`;
}

function Hint({ hint, picture }) {
  const scale = scaleOf(picture);
  const css = { ...textCss(hint, picture), ...boxCss({ ...hint, marginH: hint.marginH ?? 96 }, picture) };
  return html`<div class="overlay-mark" style=${{ ...css, ...cornerCss(hint.position, hint.marginV * scale, (hint.marginH ?? 96) * scale) }}>${hint.text}</div>`;
}

/** What the burner would draw over a picture of this size at one time. */
export function Overlay({ cues, second, atMs, options, picture }) {
  const at = (track) => shownAt(track, atMs).map((cue) => ({ ...cue, lines: plainLines(cue.text) })).filter((cue) => cue.lines.length);
  const shown = at(cues);
  // A sign belongs to the picture: it makes no room for what is said, and takes none.
  const signs = shown.filter((cue) => cue.sign);
  const lines = shown.filter((cue) => !cue.sign).map((cue) => cue.lines);
  const others = second ? at(second).map((cue) => cue.lines) : null;
  const last = (track) => (options.overlaps === "cut" ? track.slice(-1) : track);
  const places = placed(last(lines), options, others && last(others));
  const { watermark, hint } = options;
  const seconds = atMs / 1000;
  const hinted = hint?.text && seconds >= (hint.startS ?? 0) && seconds < (hint.endS ?? Infinity);
  const box = { left: `${picture.left}px`, top: `${picture.top}px`, width: `${picture.width}px`, height: `${picture.height}px` };
  return html`<div class="overlay" style=${box} aria-hidden="true">
    ${Object.keys(PLACES).map((place) => {
      const gaps = offsets(places[place], place, picture);
      return html`<div key=${place} class=${`overlay-place ${place}`}>${places[place].map((one, i) =>
        html`<${Box} key=${i} box=${one} picture=${picture} offset=${gaps[i]} place=${place} />`)}</div>`;
    })}
    ${signs.map((cue, i) => html`<div key=${`sign ${i}`} class="overlay-mark" style=${signCss(cue.settings)}>
      ${boxesOf(cue.lines, { ...options, bilingual: false }).map((one, n) => html`<${Box} key=${n} box=${one} picture=${picture} place="center" />`)}</div>`)}
    ${watermark?.text && html`<${Mark} mark=${watermark} picture=${picture} />`}
    ${hinted && html`<${Hint} hint=${hint} picture=${picture} />`}</div>`;
}

/** The time of the picture, at every picture that is shown. */
function useVideoTime(video) {
  const [atMs, setAtMs] = useState(0);
  useEffect(() => {
    if (!video) return undefined;
    let handle = 0;
    const read = () => setAtMs(video.currentTime * 1000);
    const tick = () => {
      read();
      handle = video.requestVideoFrameCallback?.(tick) ?? 0;
    };
    tick();
    video.addEventListener("timeupdate", read);
    video.addEventListener("seeking", read);
    return () => {
      video.cancelVideoFrameCallback?.(handle);
      video.removeEventListener("timeupdate", read);
      video.removeEventListener("seeking", read);
    };
  }, [video]);
  return atMs;
}

/** The stage with its own transport; `options` are those of a burn, `second` the cues of its second track, if any. */
export function Stage({ src, cues, second, options, empty, label }) {
  const [video, setVideo] = useState(null);
  const [shape, setShape] = useState({ width: 16, height: 9, durationMs: 0 });
  const [playing, setPlaying] = useState(false);
  const [stageRef, stageSize] = useSize();
  const first = useRef("");
  const atMs = useVideoTime(video);
  const picture = pictureIn(stageSize, shape);
  const begin = cues.find((cue) => plainLines(cue.text).length);
  useEffect(() => {
    // Begin where there is something to see.
    if (!video || !begin || !shape.durationMs || first.current === src) return;
    first.current = src;
    video.currentTime = Math.min((begin.startMs + begin.endMs) / 2000, shape.durationMs / 1000);
  }, [video, begin, shape.durationMs, src]);
  const loaded = (event) => {
    const { videoWidth: width, videoHeight: height, duration } = event.target;
    setShape({ width: width || 16, height: height || 9, durationMs: Number.isFinite(duration) ? duration * 1000 : 0 });
  };
  const toggle = () => (video.paused ? video.play().catch(() => {}) : video.pause());
  return html`<div class="stack"><div class="stage" ref=${stageRef} style=${{ "--ratio": shape.width / shape.height }}>
      ${src && html`<video ref=${setVideo} src=${src} playsinline preload="auto" aria-label=${label} onClick=${toggle} onLoadedMetadata=${loaded}
        onPlay=${() => setPlaying(true)} onPause=${() => setPlaying(false)}></video>`}
      ${!src && html`<div class="stage-empty"><${Icon} name="film" /><p>${empty}</p></div>`}
      ${stageSize.width > 0 && src && html`<${Overlay} ...${{ cues, second, atMs, options, picture }} />`}</div>
    ${src && html`<div class="transport"><${Button} small icon=${playing ? "pause" : "play"} onClick=${toggle}>${playing ? t("player.pause") : t("player.play")}<//>
      <input type="range" aria-label=${t("player.position")} min="0" max=${Math.round(shape.durationMs)} step="40" value=${Math.round(atMs)}
        aria-valuetext=${timecode(atMs)} onInput=${(event) => (video.currentTime = event.target.valueAsNumber / 1000)} />
      <span class="note numbers nowrap">${timecode(atMs, { millis: false })} / ${timecode(shape.durationMs, { millis: false })}</span></div>`}</div>`;
}
