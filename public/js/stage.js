/** A video with its text over it as the burner draws it, and about so until that is there. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/htm-preact.js";
import { blocksOf, boxCss, lookOf, rgba, scaleOf, textCss } from "./burnstyle.js";
import { shownAt } from "./cues.js";
import { timecode } from "./format.js";
import { useSize } from "./hooks.js";
import { t } from "./i18n.js";
import { useLayer } from "./layers.js";
import { useStill } from "./still.js";
import { Button, Icon, Progress, Trouble } from "./ui.js";
import { plainLines } from "./vtt.js";

/** Where a picture of `video` lies in a stage, in its middle, as large as it fits. */
export function pictureIn(stage, video) {
  if (!video.width || !stage.width) return { left: 0, top: 0, width: stage.width, height: stage.height };
  const scale = Math.min(stage.width / video.width, stage.height / video.height);
  const width = video.width * scale;
  const height = video.height * scale;
  return { left: (stage.width - width) / 2, top: (stage.height - height) / 2, width, height };
}

/** The text of one style: lines on one box, or each on its own. */
function Block({ style, lines, picture }) {
  const { maxWidth, boxSizing, ...css } = boxCss(style, picture);
  const perLine = style.box === "lines";
  return html`<div class="overlay-box" style=${{ maxWidth, boxSizing, ...textCss(style, picture), ...(perLine ? {} : css) }}>
    ${lines.map((text, i) => html`<div key=${i} dir="auto">${perLine ? html`<span class="overlay-line" style=${css}>${text}</span>` : text}</div>`)}</div>`;
}

const PLACES = ["top", "center", "bottom"];

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

/** About what the burner will draw over a picture of this size at one time. */
function Sketch({ cues, second, atMs, options, picture }) {
  const linesOf = (track) => shownAt(track, atMs).map((cue) => plainLines(cue.text));
  const blocks = second
    ? [{ style: options.style, lines: linesOf(cues).flat() }, { style: options.secondaryStyle, lines: linesOf(second).flat() }].filter(({ lines }) => lines.length)
    : linesOf(cues).flatMap((lines) => blocksOf(lines, options));
  const { watermark, hint } = options;
  const seconds = atMs / 1000;
  const hinted = hint?.text && seconds >= (hint.startS ?? 0) && seconds < (hint.endS ?? Infinity);
  return html`${PLACES.map((place) => {
      const here = blocks.filter(({ style }) => style.position === place);
      const edge = here.length ? lookOf(here[0].style, picture).marginV : 0;
      return html`<div key=${place} class=${`overlay-place ${place}`} style=${{ padding: `${edge}px 0` }}>
        ${here.map((block, i) => html`<${Block} key=${i} ...${block} picture=${picture} />`)}</div>`;
    })}
    ${watermark?.text && html`<${Mark} mark=${watermark} picture=${picture} />`}
    ${hinted && html`<${Hint} hint=${hint} picture=${picture} />`}`;
}

const percent = (value) => `${value * 100}%`;

/** One picture of a strip, in its place, as sharp as the screen is. */
function LayerPicture({ strip, index, picture, text }) {
  const canvas = useRef(null);
  const { bitmap, box, size } = strip;
  const scale = (picture.width / size[0]) * devicePixelRatio;
  const [width, height] = [box.width, box.height].map((side) => Math.max(1, Math.round(side * scale)));
  useLayoutEffect(() => {
    Object.assign(canvas.current, { width, height });
    const context = canvas.current.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, index * box.height, box.width, box.height, 0, 0, width, height);
  }, [bitmap, index, width, height]);
  const place = { left: percent(box.x / size[0]), top: percent(box.y / size[1]), width: percent(box.width / size[0]), height: percent(box.height / size[1]) };
  return html`<canvas class="overlay-layer" data-testid="layer" ref=${canvas} style=${place}>${text}</canvas>`;
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

/** Whether what is seen is what will be burned, in words. */
function Exactness({ state }) {
  return html`<p class="note" data-testid="exactness" data-state=${state}>${t(`preview.${state}`)}</p>`;
}

function StillControls({ still, onShow, onHide, disabled }) {
  const words = still.progress === null ? t("still.drawing") : t("still.fetching", { share: Math.round(still.progress * 100) });
  return html`<div class="stack"><div class="actions">
      ${still.url ? html`<${Button} small icon="back" onClick=${onHide}>${t("still.hide")}<//>`
        : html`<${Button} small icon="film" busy=${still.busy} disabled=${disabled} onClick=${onShow}>${t("still.show")}<//>`}
      ${still.busy && html`<${Button} small onClick=${onHide}>${t("ui.cancel")}<//>`}</div>
    ${still.busy && html`<p class="note" role="status">${words}</p><${Progress} value=${still.progress} label=${t("still.show")} />`}
    <${Trouble} error=${still.error} /></div>`;
}

/**
 * The stage with its own transport; `options` are those of a burn, `second` the cues of its second track, if any.
 *
 * `burner` is how the burner is asked: `{key, layer(document, signal), still(document, signal)}`, the
 * latter null where the video is not stored; null where there is nothing to draw.
 */
export function Stage({ src, cues, second, options, burner, empty, label }) {
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
  const source = { sourceWidth: shape.width, sourceHeight: shape.height };
  const asks = burner && shape.durationMs ? `${shape.width} ${shape.height} ${burner.key}` : "";
  const layer = useLayer((span, signal) => burner.layer({ ...source, ...span }, signal), asks, atMs, playing);
  const [still, show, hide] = useStill(asks);
  const loaded = (event) => {
    const { videoWidth: width, videoHeight: height, duration } = event.target;
    setShape({ width: width || 16, height: height || 9, durationMs: Number.isFinite(duration) ? duration * 1000 : 0 });
  };
  const toggle = () => (video.paused ? video.play().catch(() => {}) : video.pause());
  const box = { left: `${picture.left}px`, top: `${picture.top}px`, width: `${picture.width}px`, height: `${picture.height}px` };
  const text = [cues, second ?? []].flatMap((track) => shownAt(track, atMs)).flatMap((cue) => plainLines(cue.text)).join(" ");
  const onShow = () => {
    video.pause();
    const atS = video.currentTime;
    show((signal) => burner.still({ atS }, signal));
  };
  return html`<div class="stack"><div class="stage" ref=${stageRef} style=${{ "--ratio": shape.width / shape.height }}>
      ${src && html`<video ref=${setVideo} src=${src} playsinline preload="auto" aria-label=${label} onClick=${toggle} onLoadedMetadata=${loaded}
        onPlay=${() => (hide(), setPlaying(true))} onPause=${() => setPlaying(false)} onSeeking=${hide}></video>`}
      ${!src && html`<div class="stage-empty"><${Icon} name="film" /><p>${empty}</p></div>`}
      ${stageSize.width > 0 && src && html`<div class="overlay" style=${box} aria-hidden="true" data-testid="burned">
        ${layer.found ? html`<${LayerPicture} ...${layer.found} ...${{ picture, text }} />` : html`<${Sketch} ...${{ cues, second, atMs, options, picture }} />`}</div>`}
      ${still.url && html`<img class="stage-still" src=${still.url} alt=${t("still.alt", { at: timecode(atMs) })} style=${box} />`}</div>
    ${src && html`<div class="transport"><${Button} small icon=${playing ? "pause" : "play"} onClick=${toggle}>${playing ? t("player.pause") : t("player.play")}<//>
      <input type="range" aria-label=${t("player.position")} min="0" max=${Math.round(shape.durationMs)} step="40" value=${Math.round(atMs)}
        aria-valuetext=${timecode(atMs)} onInput=${(event) => (video.currentTime = event.target.valueAsNumber / 1000)} />
      <span class="note numbers nowrap">${timecode(atMs, { millis: false })} / ${timecode(shape.durationMs, { millis: false })}</span></div>`}
    ${src && cues.length > 0 && html`<${Exactness} state=${layer.state} />`}
    ${asks && burner.still && html`<${StillControls} still=${still} onShow=${onShow} onHide=${hide} />`}</div>`;
}
