/** A video of comments: the template on the right, stills of what it will be on the left. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { jobs, media, newKey } from "../api.js";
import { forgetKept, useKept } from "../drafts/kept.js";
import { timecode } from "../format.js";
import { useAction } from "../hooks.js";
import { t } from "../i18n.js";
import { goFromHere } from "../router.js";
import { SourceFields, isComments, prepare, useDrop, useSource } from "../source.js";
import { Button, Check, Icon, NumberField, RangeField, Segments, SelectField, Trouble } from "../ui.js";

const ENGINE = "renderer-remotion";
const LOOKS = ["midnight", "paper", "ocean", "sunset", "forest", "mono"];
const START = { template: "landscape", height: 1080, fps: 30, preset: "midnight", coverSeconds: 3, coverTransition: "slide", minCommentSeconds: 3, maxCommentSeconds: 60, maxComments: 30, lead: "original", avatars: true, countdown: false };
const SETTLE_MS = 400;

const sent = (look) => Object.fromEntries(Object.entries(look).filter(([name, value]) => value !== START[name] || name === "template"));

/** A still of the finished video from the server, asked for when the form has come to rest. */
function useStill(mediaId, options, atS, source) {
  const [still, setStill] = useState({ url: "", durationMs: 0, starts: [], box: null, error: null, loading: false });
  useEffect(() => {
    if (!mediaId) return undefined;
    const controller = new AbortController();
    let url = "";
    setStill((before) => ({ ...before, loading: true }));
    const timer = setTimeout(async () => {
      try {
        const answer = await media.previewComments(mediaId, { options, atS, ...source }, controller.signal);
        url = URL.createObjectURL(await answer.blob());
        const numbers = (header) => (answer.headers.get(header) || null)?.split(",").map(Number).filter(Number.isFinite) ?? [];
        const [durationMs = 0] = numbers("x-video-duration-ms");
        const box = numbers("x-video-box");
        setStill({ url, starts: numbers("x-comment-starts-ms"), durationMs, box: box.length === 4 ? box : null, error: null, loading: false });
      } catch (error) {
        if (!controller.signal.aborted) setStill((before) => ({ ...before, error, loading: false }));
      }
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
      if (url) setTimeout(() => URL.revokeObjectURL(url), 5000);
    };
  }, [mediaId, JSON.stringify(options), atS, JSON.stringify(source)]);
  return still;
}

/** The video itself under its place in the still, which is transparent there; blurred below the cover. */
function Inset({ src, box, atS, covered, onSize }) {
  const video = useRef(null);
  const seek = () => {
    const { duration } = video.current;
    if (Number.isFinite(duration) && duration > 0) video.current.currentTime = atS % duration;
  };
  useEffect(seek, [atS, src]);
  const known = ({ target }) => {
    onSize({ sourceWidth: target.videoWidth, sourceHeight: target.videoHeight });
    seek();
  };
  const style = box && Object.fromEntries(["left", "top", "width", "height"].map((side, i) => [side, `${box[i] * 100}%`]));
  return html`<video class=${covered ? "inset covered" : "inset"} ref=${video} src=${src} muted playsinline preload="auto" tabindex="-1" aria-hidden="true" hidden=${!box} style=${style} onLoadedMetadata=${known}></video>`;
}

function Preview({ still, src, atS, setAtS, ready, look, onSize }) {
  const vertical = look.template === "vertical";
  const [size, setSize] = useState(null); // Of the still: [width, height].
  const box = still.box && size && still.box.map((value, i) => value / size[i % 2]);
  return html`<div class="stack"><div class="stage" style=${{ "--ratio": vertical ? 9 / 16 : 16 / 9 }} aria-busy=${still.loading}>
      ${ready && src && html`<${Inset} ...${{ src, box, atS, onSize }} covered=${atS < look.coverSeconds} />`}
      ${still.url && html`<img src=${still.url} alt=${t("comments.stillAlt", { at: timecode(atS * 1000, { millis: false }) })} onLoad=${({ target }) => setSize([target.naturalWidth, target.naturalHeight])} />`}
      ${!still.url && html`<div class="stage-empty"><${Icon} name="comments" /><p>${still.loading ? t("ui.loading") : ready ? t("comments.noStill") : t("comments.previewLater")}</p></div>`}</div>
    ${still.durationMs > 0 && html`<div class="transport"><input type="range" aria-label=${t("player.position")} min="0" max=${Math.floor(still.durationMs / 100) / 10} step="0.1" value=${atS}
        onChange=${(event) => setAtS(event.target.valueAsNumber)} />
      <span class="note numbers nowrap">${timecode(atS * 1000, { millis: false })} / ${timecode(still.durationMs, { millis: false })}</span></div>
      <div class="presets" role="group" aria-label=${t("comments.jump")}>${still.starts.slice(0, 12).map((ms, i) => html`<button key=${i} type="button" class="chip" onClick=${() => setAtS(ms / 1000 + 1)}>${t("comments.nth", { n: i + 1 })}</button>`)}</div>`}
    <${Trouble} error=${still.error} /></div>`;
}

function commentsFault(text) {
  if (!text) return "";
  try {
    const document = JSON.parse(text);
    // The server reads more than one shape, and says what it left out.
    const comments = Array.isArray(document) ? document : document?.comments;
    return comments?.length ? "" : t("comments.noDocument");
  } catch {
    return t("comments.noJson");
  }
}

export function Comments({ mediaId, again, kept }) {
  const source = useSource(mediaId, "comments-data", kept);
  const [look, setLook] = useKept(`${kept}look`, () => ({ ...START, ...again }));
  const [atS, setAtS] = useState(4);
  const [share, setShare] = useState(null);
  const key = useRef(newKey());
  const drop = useDrop(source, isComments);
  const set = (name) => (value) => setLook((before) => ({ ...before, [name]: value }));
  const ready = source.item?.inputs["comments-data"] && source.item?.inputs.video && !source.attachment;
  const [size, setSize] = useState({});
  const still = useStill(ready ? source.chosen : "", sent(look), atS, size);
  const [submit, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const goOn = goFromHere();
    if (source.video) setShare(0);
    const id = await prepare(source, media.putComments, setShare).finally(() => setShare(null));
    const job = await jobs.create({ engine: ENGINE, mediaId: id, options: sent(look) }, key.current);
    key.current = newKey();
    forgetKept(kept);
    goOn("jobs", job.jobId);
  });
  const fault = commentsFault(source.attachment?.text);
  const missing = !source.hasVideo ? t("burn.needVideo") : !source.hasText ? t("comments.needComments") : fault;
  const named = (prefix, keys) => keys.map((one) => [one, t(`${prefix}.${one}`)]);
  return html`<form ...${drop} onSubmit=${submit}><div class="maker">
    <div class="maker-view"><${Preview} ...${{ still, src: source.src, atS, setAtS, ready, look }} onSize=${setSize} /></div>
    <div class="stack"><${SourceFields} source=${source} kind="comments" accept=".json,application/json" share=${share} />
      <section class="card stack" aria-labelledby="look"><h2 id="look">${t("comments.look")}</h2>
        <${Segments} label=${t("comments.template")} hideLabel=${false} value=${look.template} options=${named("template", ["landscape", "vertical"])} onValue=${set("template")} />
        <div class="presets" role="group" aria-label=${t("burn.presets")}>${LOOKS.map((one) => html`<button key=${one} type="button" class="chip" aria-pressed=${look.preset === one} onClick=${() => set("preset")(one)}>${t(`look.${one}`)}</button>`)}</div>
        <div class="fields"><${SelectField} label=${t("comments.height")} value=${String(look.height)} options=${["360", "480", "720", "1080"].map((h) => [h, `${h}p`])} onValue=${(h) => set("height")(Number(h))} />
          <${SelectField} label=${t("comments.fps")} value=${String(look.fps)} options=${["24", "25", "30"].map((f) => [f, f])} onValue=${(f) => set("fps")(Number(f))} />
          <${RangeField} label=${t("comments.cover")} min=${0} max=${15} step=${0.5} value=${look.coverSeconds} shown=${`${look.coverSeconds} s`} onValue=${set("coverSeconds")} />
          <${SelectField} label=${t("comments.transition")} value=${look.coverTransition} options=${named("animation", ["slide", "fade", "none"])} onValue=${set("coverTransition")} />
          <${NumberField} label=${t("comments.max")} min=${1} max=${100} value=${look.maxComments} onValue=${set("maxComments")} />
          <${NumberField} label=${t("comments.longest")} min=${1} max=${60} value=${look.maxCommentSeconds} unit="s" onValue=${set("maxCommentSeconds")} /></div>
        <${Segments} label=${t("comments.lead")} hideLabel=${false} value=${look.lead} options=${named("lead", ["original", "translation"])} onValue=${set("lead")} />
        <${Check} label=${t("comments.avatars")} checked=${look.avatars} onValue=${set("avatars")} />
        <${Check} label=${t("comments.countdown")} checked=${look.countdown} onValue=${set("countdown")} /></section>
      <div class="submit-bar"><${Trouble} error=${error} /><${Button} kind="primary wide" type="submit" icon="comments" busy=${busy} disabled=${Boolean(missing)}>${t("comments.submit")}<//>
        ${missing && html`<p class="note">${missing}</p>`}</div></div></div></form>`;
}
