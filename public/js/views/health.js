/** The health of the Workers and of the containers. */
import { html } from "../../vendor/htm-preact.js";
import { health as load } from "../api.js";
import { useLoaded } from "../hooks.js";
import { said, t } from "../i18n.js";
import { engineIcon, engineName } from "../engines.js";
import { Badge, Button, Icon, Progress, Skeletons, Trouble } from "../ui.js";

/** Name the hosts of an engine where it has several. */
function labelled(containers) {
  const several = (one) => containers.filter(({ engine }) => engine === one.engine).length > 1;
  return containers.map((one) => ({ ...one, label: several(one) ? one.host : "" }));
}

const STATES = new Set(["draining", "failing", "left_out"]);

/** How a host is, in a word: what it says itself, then what its starts have shown. */
function state(one) {
  if (!one.ok) return "down";
  if (one.draining) return "draining";
  return STATES.has(one.state) ? one.state : "ok";
}

function tone(one) {
  return { ok: "good", down: "bad" }[state(one)] ?? "warn";
}

function Container({ one }) {
  const full = one.capacity ? one.active / one.capacity : 0;
  return html`<section class="card stack" aria-label=${[engineName(one.engine), one.label].filter(Boolean).join(" ")}><div class="now-line"><span class=${`job-icon ${one.ok ? "good" : "bad"}`}><${Icon} name=${engineIcon(one.engine)} /></span>
      <${Badge} tone=${tone(one)}>${t(`health.state.${state(one)}`)}<//></div>
    <h2>${engineName(one.engine)}</h2>
    ${one.label && html`<p class="note"><code>${one.label}</code></p>`}
    ${one.error && html`<p class="form-error">${said(one, one.error)}</p>`}
    ${one.capacity > 0 && html`<div class="stack"><p class="note">${t("health.slots", { active: one.active ?? 0, capacity: one.capacity })}</p><${Progress} value=${full} label=${t("health.load", { engine: engineName(one.engine) })} /></div>`}
    <dl class="facts"><dt>${t("health.queued")}</dt><dd>${one.queued ?? 0}</dd><dt>${t("health.latency")}</dt><dd>${one.latencyMs == null ? "–" : `${Math.round(one.latencyMs)} ms`}</dd>
      <dt>${t("health.version")}</dt><dd><code>${one.version ?? "–"}</code></dd>
      ${one.memoryBytes && html`<dt>${t("health.memory")}</dt><dd>${(one.memoryBytes / 2 ** 30).toFixed(1)} GiB</dd>`}
      ${one.gpus?.length > 0 && html`<dt>${t("health.gpus")}</dt><dd>${one.gpus.join(", ")}</dd>`}
      ${one.models?.length > 0 && html`<dt>${t("health.models")}</dt><dd>${one.models.join(", ")}</dd>`}
      ${one.region && html`<dt>${t("health.region")}</dt><dd>${one.region}</dd>`}
      ${one.costWeight != null && one.costWeight !== 1 && html`<dt>${t("health.costWeight")}</dt><dd>${one.costWeight}</dd>`}</dl></section>`;
}

export function Health() {
  const loaded = useLoaded(load, []);
  const { app, orchestrator, containers = [] } = loaded.data ?? {};
  return html`<div class="stack"><${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    ${!loaded.data && !loaded.error && html`<${Skeletons} count=${3} />`}
    ${loaded.data && html`<section class="card" aria-labelledby="workers"><div class="card-head"><h2 id="workers">${t("health.workers")}</h2><${Button} small icon="retry" busy=${loaded.loading} onClick=${loaded.reload}>${t("ui.refresh")}<//></div>
      <ul class="rows" role="list"><li class="row"><span class="row-text"><strong>${t("health.app")}</strong><span class="note">${t("health.version")} ${app?.version ?? "–"}</span></span><${Badge} tone="good">${t("health.ok")}<//></li>
        <li class="row"><span class="row-text"><strong>${t("health.orchestrator")}</strong><span class="note">${orchestrator?.error ? said(orchestrator, orchestrator.error) : `${t("health.version")} ${orchestrator?.version ?? "–"}`}</span></span>
          <${Badge} tone=${orchestrator?.ok ? "good" : "bad"}>${orchestrator?.ok ? t("health.ok") : t("health.down")}<//></li></ul></section>
      <div class="engines">${labelled(containers).map((one) => html`<${Container} key=${one.engine + one.host} one=${one} />`)}</div>`}</div>`;
}
