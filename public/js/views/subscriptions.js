/** Channels, playlists and feeds that are looked at by schedule, and what each new video starts. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { recipes as recipesApi, subscriptions as api } from "../api.js";
import { cancel, forgetKept, useKept } from "../drafts/kept.js";
import { ago, shortTitle } from "../format.js";
import { useAction, useLoaded, useNow, usePages } from "../hooks.js";
import { language, read, t, useWords } from "../i18n.js";
import { failure } from "../jobwords.js";
import { languageOptions, remember, remembered } from "../languages.js";
import { sharedLink } from "../paste.js";
import { titleOf } from "../recipes.js";
import { link } from "../router.js";
import { WorkTabs } from "../worktabs.js";
import { Badge, Button, Confirm, Dialog, Empty, Icon, More, NumberField, Page, SelectField, Skeletons, TextField, Trouble, announce } from "../ui.js";

await useWords("subscriptions");

export const name = "subscriptions";

const LAST = "media-jobs-recipe"; // Which recipe was started last.
const LOOK_MS = 10_000;
const SHOWN = 5;
const INTERVALS = [3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600];
const TAKEN = ["new", "1", "5", "10"];

const every = (seconds) => {
  const [value, unit] = seconds % 86_400 === 0 ? [seconds / 86_400, "day"] : seconds % 3600 === 0 ? [seconds / 3600, "hour"] : [seconds / 60, "minute"];
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "long" }).format(value);
};
const until = (atMs, nowMs) => {
  const minutes = Math.max(1, Math.round((atMs - nowMs) / 60_000));
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(...(minutes < 90 ? [minutes, "minute"] : [Math.round(minutes / 60), "hour"]));
};
function Parameter({ parameter, value, onValue }) {
  const label = titleOf(parameter);
  if (parameter.kind !== "language") return html`<${TextField} label=${label} value=${value} onValue=${onValue} />`;
  const none = parameter.required ? t("translate.choose") : parameter.name === "to" ? t("recipe.notTranslated") : t("transcribe.detect");
  return html`<${SelectField} label=${label} value=${value} options=${[["", none], ...languageOptions(value).slice(1)]} onValue=${onValue} />`;
}

const NEW = "subscriptions/new/";

function Form({ recipes, onClose, onDone }) {
  const [url, setUrl] = useKept(`${NEW}url`, "");
  const [fault, setFault] = useState("");
  const [wanted, setWanted] = useKept(`${NEW}recipe`, () => read(LAST));
  const [given, setGiven] = useKept(`${NEW}given`, {});
  const [everyS, setEveryS] = useKept(`${NEW}every`, String(INTERVALS[1]));
  const [perDayMax, setPerDayMax] = useKept(`${NEW}perDay`, 10);
  const [taken, setTaken] = useKept(`${NEW}begin`, "new");
  const recipe = recipes.find((one) => one.name === wanted) ?? recipes[0];
  const useOf = (parameter) => (parameter.name === "to" ? "target" : "spoken");
  const valueOf = (parameter) => given[parameter.name] ?? ((parameter.kind === "language" && remembered(useOf(parameter))) || parameter.default || "");
  const parameters = Object.fromEntries(recipe.parameters.map((parameter) => [parameter.name, valueOf(parameter)]).filter(([, value]) => value));
  const unsaid = recipe.parameters.find((parameter) => parameter.required && !parameters[parameter.name]);
  const [save, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    setFault(sharedLink(url) ? "" : t("download.noUrl"));
    if (!sharedLink(url)) return;
    recipe.parameters.filter(({ kind }) => kind === "language").forEach((parameter) => remember(useOf(parameter), valueOf(parameter)));
    const startWith = taken === "new" ? "new" : Number(taken);
    await api.add({ url: sharedLink(url), recipe: recipe.name, parameters, everyS: Number(everyS), perDayMax, startWith });
    forgetKept(NEW);
    announce(t("subscriptions.added"));
    onDone();
  });
  return html`<${Dialog} title=${t("subscriptions.new")} onClose=${onClose}><form class="stack" onSubmit=${save} novalidate><${Trouble} error=${error} />
    <${TextField} label=${t("subscriptions.url")} type="url" inputmode="url" placeholder="https://…" spellcheck="false" value=${url} note=${t("subscriptions.urlNote")} error=${fault} aria-invalid=${fault ? "true" : undefined} onValue=${(value) => {
      setUrl(value);
      setFault("");
    }} />
    <${SelectField} label=${t("subscriptions.recipe")} value=${recipe.name} options=${recipes.map((one) => [one.name, titleOf(one)])} onValue=${setWanted} />
    ${recipe.parameters.length > 0 && html`<div class="fields">${recipe.parameters.map((parameter) => html`<${Parameter} key=${parameter.name} parameter=${parameter} value=${valueOf(parameter)}
      onValue=${(value) => setGiven((before) => ({ ...before, [parameter.name]: value }))} />`)}</div>`}
    <div class="fields"><${SelectField} label=${t("subscriptions.every")} value=${everyS} options=${INTERVALS.map((seconds) => [String(seconds), every(seconds)])} onValue=${setEveryS} />
      <${NumberField} label=${t("subscriptions.perDay")} value=${perDayMax} min=${1} max=${100} onValue=${setPerDayMax} /></div>
    <${SelectField} label=${t("subscriptions.begin")} value=${taken} options=${TAKEN.map((one) => [one, one === "new" ? t("subscriptions.onlyNew") : t("subscriptions.newest", { n: Number(one) })])} onValue=${setTaken} />
    ${unsaid && html`<p class="note">${t("recipe.need", { what: titleOf(unsaid) })}</p>`}
    <div class="actions end"><${Button} onClick=${cancel(NEW, onClose)}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy} disabled=${Boolean(unsaid)}>${t("subscriptions.add")}<//></div></form><//>`;
}

/** The newest entries that say something: those with a run, and those that have none for a reason. */
function Entries({ subscription }) {
  const { subscriptionId, entries } = subscription;
  const counts = JSON.stringify(entries);
  const loaded = useLoaded(() => Promise.all(["waiting", "started", "skipped"].map((state) => api.entries(subscriptionId, { state, limit: SHOWN }))), [subscriptionId, counts]);
  const items = loaded.data?.flatMap((page) => page.items).sort((a, b) => (a.entryId < b.entryId ? 1 : -1)).slice(0, SHOWN) ?? [];
  if (items.length === 0) return null;
  const state = (entry) => (entry.runId ? html`<a href=${link("runs", entry.runId)}>${t("subscriptions.run")}</a>` : entry.reason ? t(`subscriptions.reason.${entry.reason}`) : t("subscriptions.waiting"));
  return html`<ul class="plain note" role="list" aria-label=${t("subscriptions.last")}>${items.map((entry) => html`<li key=${entry.entryId}>${shortTitle(entry.title ?? entry.url)} · ${state(entry)}</li>`)}</ul>`;
}

function Row({ subscription, recipe, now, onChanged, onRemove }) {
  const { subscriptionId, entries, pausedReason, error } = subscription;
  const title = subscription.title ?? subscription.url;
  const isPaused = subscription.state === "paused";
  const [act, acting] = useAction(async (action) => onChanged(await action()));
  const looks = subscription.lookJobId ? t("subscriptions.looking") : subscription.nextLookAt ? t("subscriptions.next", { when: until(subscription.nextLookAt, now) }) : "";
  const told = [t("subscriptions.started", { n: entries.started }), entries.waiting ? t("subscriptions.waits", { n: entries.waiting }) : "", subscription.lastLookAt ? t("subscriptions.looked", { when: ago(subscription.lastLookAt, now) }) : "", looks];
  return html`<li class="job-row" data-status=${subscription.state}><span class="job-icon"><${Icon} name="clock" /></span>
    <div class="job-main"><a class="job-title" href=${subscription.url} rel="noreferrer" target="_blank">${shortTitle(title)}</a>
      <p class="note">${[recipe, t("subscriptions.everyTime", { time: every(subscription.everyS) }), t("subscriptions.atMost", { n: subscription.perDayMax })].join(" · ")}</p>
      <p class="note">${told.filter(Boolean).join(" · ")}</p>
      ${pausedReason && html`<p class=${pausedReason === "person" ? "note" : "job-trouble"}>${t(`subscriptions.paused.${pausedReason}`)} ${failure(error)}</p>`}
      ${!isPaused && subscription.failures > 0 && html`<p class="job-trouble">${t("subscriptions.failures", { n: subscription.failures })} ${failure(error)}</p>`}
      ${subscription.isLong && html`<p class="note">${t("subscriptions.isLong")}</p>`}
      <${Entries} subscription=${subscription} /><${Trouble} error=${acting.error} /></div>
    <div class="job-state"><${Badge} tone=${isPaused ? "warn" : "good"}>${t(`subscriptions.state.${subscription.state}`)}<//>
      <span class="actions end">${!isPaused && html`<${Button} small icon="retry" aria-label=${t("subscriptions.lookOne", { title })} busy=${acting.busy} disabled=${Boolean(subscription.lookJobId)} onClick=${() => act(() => api.look(subscriptionId))} />`}
        <${Button} small busy=${acting.busy} aria-label=${t(isPaused ? "subscriptions.resumeOne" : "subscriptions.pauseOne", { title })} onClick=${() => act(() => api.change(subscriptionId, { state: isPaused ? "active" : "paused" }))}>${t(isPaused ? "subscriptions.resume" : "subscriptions.pause")}<//>
        <${Button} small kind="quiet bad" icon="trash" aria-label=${t("subscriptions.removeOne", { title })} onClick=${onRemove} /></span></div></li>`;
}

export function View() {
  const now = useNow(10_000);
  const known = useLoaded(() => recipesApi.list(), []);
  const pages = usePages((cursor) => api.list({ limit: 50, cursor }), [], "subscriptions");
  const [dialog, setDialog] = useState(null); // "new", or the subscription that is to be removed.
  const { items } = pages;
  const isLooking = Boolean(items?.some((one) => one.lookJobId || one.entries.waiting));
  useEffect(() => {
    if (!isLooking) return undefined;
    const timer = setInterval(() => document.hidden || pages.reload(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isLooking]);
  const done = () => {
    setDialog(null);
    pages.reload();
  };
  const [remove, removing] = useAction(async () => {
    await api.remove(dialog.subscriptionId);
    done();
  });
  const list = known.data?.items.filter(({ source }) => source !== "media") ?? [];
  const titles = Object.fromEntries(list.map((recipe) => [recipe.name, titleOf(recipe)]));
  const add = html`<${Button} kind="primary" icon="plus" disabled=${list.length === 0} onClick=${() => setDialog("new")}>${t("subscriptions.new")}<//>`;
  return html`<${Page} title=${t("jobs.title")} lead=${t("subscriptions.lead")} actions=${add}><${WorkTabs} current="subscriptions" /><${Trouble} error=${pages.error ?? known.error} onRetry=${pages.reload} />
    ${!items && !pages.error && html`<${Skeletons} count=${3} />`}
    ${items?.length === 0 && html`<${Empty} icon="clock" title=${t("subscriptions.empty")}><p>${t("subscriptions.emptyText")}</p><//>`}
    ${items?.length > 0 && html`<section class="card list"><ul class="job-rows" role="list" aria-label=${t("subscriptions.title")}>${items.map((one) => html`<${Row} key=${one.subscriptionId} subscription=${one} now=${now}
      recipe=${titles[one.recipe] ?? one.recipe} onChanged=${pages.reload} onRemove=${() => setDialog(one)} />`)}</ul></section>`}
    <${More} pages=${pages} />
    ${dialog === "new" && html`<${Form} recipes=${list} onClose=${() => setDialog(null)} onDone=${done} />`}
    ${dialog?.subscriptionId && html`<${Confirm} title=${t("subscriptions.removeTitle")} text=${t("subscriptions.removeText", { title: dialog.title ?? dialog.url })} verb=${t("subscriptions.remove")} ...${removing} onYes=${remove} onClose=${() => setDialog(null)} />`}<//>`;
}
