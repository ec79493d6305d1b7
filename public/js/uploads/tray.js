/** The uploads of this page, seen from every view. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { duration, percent, size } from "../format.js";
import { t, useWords } from "../i18n.js";
import { useStyles } from "../loading.js";
import { link } from "../router.js";
import { Button, Icon, LinkButton, Progress, announce, useId } from "../ui.js";
import { onDroppedFiles } from "./drops.js";
import * as queue from "./queue.js";

await useWords("uploads");
await useStyles("uploads");

/** The uploads, again after each change. */
export function useUploads() {
  const [items, setItems] = useState(queue.items);
  useEffect(() => queue.subscribe(() => setItems(queue.items())), []);
  return items;
}

/** What a line says beside its name. */
function standing({ state, sent, size: whole, rate, leftMs, error, share }) {
  if (error) return error;
  if (state === "checking") return t("uploads.checking", { share: percent(share ?? 0) });
  if (state === "uploading" || state === "paused") {
    const far = t("uploads.far", { sent: size(sent), size: size(whole) });
    const speed = rate === null ? "" : t("uploads.rate", { size: size(rate) });
    const left = leftMs === null ? "" : t("uploads.left", { time: duration(leftMs) });
    return [state === "paused" ? t("uploads.paused") : "", far, speed, left].filter(Boolean).join(" · ");
  }
  return t(`uploads.${state}`, { size: size(whole) });
}

/** A file field that looks like a button. */
function GiveAgain({ item }) {
  const id = useId("give");
  return html`<span class="upload-give"><input id=${id} type="file" accept="video/*,audio/*,.mkv,.mka" onChange=${({ target }) => target.files[0] && queue.give(item.id, target.files[0])} />
    <label for=${id}>${t("uploads.chooseAgain", { name: item.name })}</label></span>`;
}

function Row({ item }) {
  const { id, name, state, sent, share, mediaId } = item;
  const isGoing = ["uploading", "waiting"].includes(state);
  const hasEnded = ["done", "refused"].includes(state);
  const isBad = ["failed", "refused"].includes(state) || Boolean(item.error);
  return html`<li class="upload-row"><div class="upload-name"><strong class="clip" title=${name}>${name}</strong>
      <span class="actions">
        ${isGoing && html`<${Button} kind="quiet" small icon="pause" aria-label=${t("uploads.pause", { name })} onClick=${() => queue.pause(id)} />`}
        ${state === "paused" && html`<${Button} kind="quiet" small icon="play" aria-label=${t("uploads.resume", { name })} onClick=${() => queue.resume(id)} />`}
        ${state === "failed" && html`<${Button} kind="quiet" small icon="retry" aria-label=${t("uploads.again", { name })} onClick=${() => queue.resume(id)} />`}
        ${state === "done" && html`<${LinkButton} kind="quiet" small href=${link("media", mediaId)} aria-label=${t("uploads.open", { name })}>${t("ui.open")}<//>`}
        ${state !== "finishing" && html`<${Button} kind="quiet" small icon="cross" aria-label=${t(hasEnded ? "uploads.dismiss" : "uploads.cancel", { name })} onClick=${() => queue.remove(id)} />`}</span></div>
    ${!hasEnded && state !== "failed" && html`<${Progress} value=${state === "finishing" ? 1 : share ?? sent / item.size} label=${t("uploads.progress", { name })} />`}
    <p class=${isBad ? "form-error" : "note numbers"}>${standing(item)}</p>
    ${state === "permission" && html`<${Button} small onClick=${() => queue.ask(id)}>${t("uploads.allow", { name })}<//>`}
    ${state === "lost" && html`<${GiveAgain} item=${item} />`}</li>`;
}

/** How far all are that are on their way, 0 to 1. */
function shareOf(items) {
  const whole = items.reduce((sum, item) => sum + item.size, 0);
  return whole ? items.reduce((sum, item) => sum + item.sent, 0) / whole : 0;
}

/** Say the end of each upload to those who don't see it. */
function useEnds(items) {
  const told = useRef(new Set());
  useEffect(() => {
    for (const { id, name, state, error } of items) {
      const key = `${id} ${state}`;
      if (!["done", "failed", "refused", "lost"].includes(state) || told.current.has(key)) continue;
      told.current.add(key);
      announce(state === "done" ? t("uploads.doneOf", { name }) : `${name}: ${error || t(`uploads.${state}`)}`);
    }
  });
}

export function Tray({ user }) {
  const items = useUploads();
  // On a phone it would be most of what is seen.
  const [isOpen, setOpen] = useState(() => !matchMedia("(max-width: 820px)").matches);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    queue.start();
    const stop = onDroppedFiles((files, handles) => queue.add(files, { handles }), setOver);
    return () => {
      stop();
      queue.stop();
    };
  }, [user.callerId]);
  useEnds(items);
  const going = items.filter(queue.isActive);
  const ended = items.filter(({ state }) => ["done", "refused"].includes(state));
  const summary = going.length ? t("uploads.going", { n: going.length, share: percent(shareOf(going)) }) : t("uploads.all", { n: items.length });
  return html`${isOver && html`<div class="drop-anywhere" aria-hidden="true"><span><${Icon} name="upload" />${t("uploads.drop")}</span></div>`}
    ${items.length > 0 && html`<section class=${isOpen ? "uploads open" : "uploads"} aria-label=${t("uploads.title")}>
      <header><button type="button" class="uploads-toggle" aria-expanded=${isOpen ? "true" : "false"} onClick=${() => setOpen(!isOpen)}>
          <${Icon} name="upload" /><span>${summary}</span><${Icon} name=${isOpen ? "chevron" : "up"} /></button>
        ${ended.length > 0 && isOpen && html`<${Button} kind="quiet" small onClick=${() => ended.forEach(({ id }) => queue.remove(id))}>${t("uploads.clear")}<//>`}</header>
      ${isOpen && html`<ul role="list">${items.map((item) => html`<${Row} key=${item.id} item=${item} />`)}</ul>`}</section>`}`;
}
