/** Webhooks: endpoints, their secrets, and what was delivered to them. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { webhooks as api } from "../api.js";
import { cancel, forgetKept, useKept } from "../drafts/kept.js";
import { moment } from "../format.js";
import { useAction, useLoaded } from "../hooks.js";
import { said, t, useWords } from "../i18n.js";
import { DeliveryChart } from "../results/chart.js";
import { Badge, Button, Check, Confirm, Dialog, Empty, Secret, Skeletons, TextField, Trouble, announce } from "../ui.js";

await useWords("webhooks");

const EVENTS = ["job.started", "job.completed", "job.failed", "job.canceled", "review.requested", "subscription.paused", "alert.*"];

const NEW = "webhooks/new";

function NewWebhook({ onClose, onMade }) {
  const [form, setForm] = useKept(NEW, { url: "", description: "", events: EVENTS.slice(1, 4) });
  const [made, setMade] = useState(null);
  const set = (name) => (value) => setForm((before) => ({ ...before, [name]: value }));
  const [create, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const { url, description, events } = form;
    setMade(await api.create({ url: url.trim(), events, ...(description.trim() ? { description: description.trim() } : {}) }));
    forgetKept(NEW);
    onMade();
  });
  if (made) return html`<${ShownSecret} secret=${made.secret} onClose=${onClose} />`;
  return html`<${Dialog} title=${t("webhooks.new")} onClose=${onClose}><form class="stack" onSubmit=${create}><${Trouble} error=${error} />
    <${TextField} label=${t("webhooks.url")} type="url" required placeholder="https://…" value=${form.url} onValue=${set("url")} />
    <${TextField} label=${t("webhooks.description")} maxlength="200" value=${form.description} onValue=${set("description")} />
    <fieldset class="stack"><legend>${t("webhooks.events")}</legend>${EVENTS.map((name) => html`<${Check} key=${name} label=${t(`event.${name}`)} checked=${form.events.includes(name)}
      onValue=${(on) => set("events")(on ? [...form.events, name] : form.events.filter((one) => one !== name))} />`)}</fieldset>
    <div class="actions end"><${Button} onClick=${cancel(NEW, onClose)}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy} disabled=${!form.events.length}>${t("webhooks.create")}<//></div></form><//>`;
}

const ShownSecret = ({ secret, onClose }) => html`<${Dialog} title=${t("webhooks.secret")} onClose=${onClose}><p>${t("webhooks.once")}</p><${Secret} label=${t("webhooks.secret")} value=${secret} />
  <div class="actions end"><${Button} kind="primary" onClick=${onClose}>${t("ui.done")}<//></div><//>`;

const LOOK_MS = 1500;
const SOON_MS = 30_000;
const TONES = { delivered: "good", failed: "bad", pending: "warn" };

/** When a delivery was made, and how its last try went, in a line. */
function lastTry(delivery) {
  const last = delivery.attempts.at(-1);
  const tries = delivery.attempts.length > 0 && t("webhooks.attempts", { n: delivery.attempts.length });
  return [moment(delivery.createdAt), last?.status, last && `${last.durationMs} ms`, tries, said(last, last?.error)].filter(Boolean).join(" · ");
}

function Deliveries({ webhookId, version, onSeen }) {
  const loaded = useLoaded(() => api.deliveries(webhookId, { limit: 50 }), [webhookId, version]);
  const [replay, replaying] = useAction(async (deliveryId) => {
    await api.replay(webhookId, deliveryId);
    announce(t("webhooks.replayed"));
    loaded.reload();
  });
  const items = loaded.data?.items;
  const tried = items?.map((one) => `${one.deliveryId} ${one.attempts.length}`).join();
  useEffect(() => {
    if (tried !== undefined) onSeen(tried);
  }, [tried]);
  const soon = items?.some((one) => one.status === "pending" && (one.nextTryAt ?? 0) < Date.now() + SOON_MS);
  useEffect(() => {
    if (!soon || loaded.loading) return undefined;
    const timer = setTimeout(loaded.reload, LOOK_MS);
    return () => clearTimeout(timer);
  }, [soon, loaded.data, loaded.loading]);
  return html`<div class="stack"><div class="card-head"><h3>${t("webhooks.deliveries")}</h3><${Button} small kind="quiet" icon="retry" busy=${loaded.loading} onClick=${loaded.reload}>${t("ui.refresh")}<//></div>
    <${Trouble} error=${loaded.error ?? replaying.error} onRetry=${loaded.reload} />${items?.length === 0 && html`<p class="muted">${t("webhooks.noDeliveries")}</p>`}
    ${items?.length > 0 && html`<ul class="rows" role="list">${items.map((one) => html`<li class="row" key=${one.deliveryId}><span class="row-text"><strong>${one.type}</strong>
      <span class="note">${lastTry(one)}</span></span>
      <${Badge} tone=${TONES[one.status]}>${t(`delivery.${one.status}`)}<//><${Button} small busy=${replaying.busy} onClick=${() => replay(one.deliveryId)}>${t("webhooks.replay")}<//></li>`)}</ul>`}</div>`;
}

function Webhook({ hook, onChanged }) {
  const [open, setOpen] = useState(false);
  const [version, setVersion] = useState(0);
  const [tried, setTried] = useState("");
  const [secret, setSecret] = useState("");
  const [asking, setAsking] = useState(false);
  const id = hook.webhookId;
  const [test, testing] = useAction(async () => {
    await api.test(id);
    announce(t("webhooks.tested"));
    setOpen(true);
    setVersion((n) => n + 1);
  });
  const [rotate, rotating] = useAction(async () => setSecret((await api.rotate(id)).secret));
  const [remove, removing] = useAction(async () => {
    await api.remove(id);
    onChanged();
  });
  const [enable, enabling] = useAction(async () => {
    await api.change(id, { enabled: true });
    onChanged();
  });
  const disabled = !hook.enabled;
  return html`<section class="card stack" aria-label=${hook.url}><div class="row"><span class="row-text"><strong>${hook.url}</strong><span class="note">${[hook.description, (hook.events ?? []).join(", ")].filter(Boolean).join(" · ")}</span></span>
      <${Badge} tone=${disabled ? "bad" : "good"}>${disabled ? t("webhooks.disabled") : t("webhooks.enabled")}<//></div>
    ${hook.disabledReason && html`<p class="note">${said(hook, hook.disabledReason)}</p>`}
    <${Trouble} error=${testing.error ?? rotating.error ?? enabling.error} />
    <div class="actions"><${Button} small icon="play" busy=${testing.busy} onClick=${test}>${t("webhooks.test")}<//>
      <${Button} small aria-expanded=${open} onClick=${() => setOpen(!open)}>${t("webhooks.log")}<//>
      <${Button} small icon="key" busy=${rotating.busy} onClick=${rotate}>${t("webhooks.rotate")}<//>
      ${disabled && html`<${Button} small busy=${enabling.busy} onClick=${enable}>${t("webhooks.enable")}<//>`}
      <${Button} small kind="quiet bad" icon="trash" onClick=${() => setAsking(true)}>${t("ui.delete")}<//></div>
    ${open && html`<${DeliveryChart} webhookId=${id} version=${tried} /><${Deliveries} webhookId=${id} version=${version} onSeen=${setTried} />`}
    ${secret && html`<${ShownSecret} secret=${secret} onClose=${() => setSecret("")} />`}
    ${asking && html`<${Confirm} title=${t("webhooks.deleteTitle")} text=${t("webhooks.deleteText", { url: hook.url })} verb=${t("ui.delete")} ...${removing} onYes=${remove} onClose=${() => setAsking(false)} />`}</section>`;
}

export function Webhooks() {
  const loaded = useLoaded(() => api.list(), []);
  const [making, setMaking] = useState(false);
  const items = loaded.data?.items;
  return html`<div class="stack"><div class="actions end"><${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>${t("webhooks.new")}<//></div>
    <${Trouble} error=${loaded.error} onRetry=${loaded.reload} />${!items && !loaded.error && html`<${Skeletons} count=${2} />`}
    ${items?.length === 0 && html`<${Empty} icon="external" title=${t("webhooks.empty")}><p>${t("webhooks.emptyText")}</p><//>`}
    ${items?.map((hook) => html`<${Webhook} key=${hook.webhookId} hook=${hook} onChanged=${loaded.reload} />`)}
    ${making && html`<${NewWebhook} onClose=${() => setMaking(false)} onMade=${loaded.reload} />`}</div>`;
}
