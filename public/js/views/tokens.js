/** Access tokens: made (shown once), listed, revoked. */
import { html, useState } from "../../vendor/htm-preact.js";
import { tokens as api } from "../api.js";
import { cancel, forgetKept, useKept } from "../drafts/kept.js";
import { ago, day } from "../format.js";
import { useAction, useLoaded, useNow } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { Badge, Button, Confirm, Dialog, Empty, NumberField, SelectField, Secret, Skeletons, TextField, Trouble, announce } from "../ui.js";

await useWords("tokens");

const SCOPES = ["read", "submit", "admin"];
const LIVES = ["30", "90", "365", ""];

const NEW = "tokens/new";

function NewToken({ onClose, onMade }) {
  const [form, setForm] = useKept(NEW, { name: "", scope: "submit", days: "90", queuedMax: null, runningMax: null });
  const set = (name) => (value) => setForm((before) => ({ ...before, [name]: value }));
  const [made, setMade] = useState(null);
  const [create, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const document = { name: form.name.trim(), scopes: form.scope === "submit" ? ["read", "submit"] : [form.scope] };
    if (form.days) document.expiresInDays = Number(form.days);
    if (form.queuedMax) document.queuedMax = form.queuedMax;
    if (form.runningMax) document.runningMax = form.runningMax;
    setMade(await api.create(document));
    forgetKept(NEW);
    onMade();
  });
  if (made) {
    return html`<${Dialog} title=${t("tokens.made")} onClose=${onClose}><p>${t("tokens.once")}</p><${Secret} label=${t("signin.token")} value=${made.token} />
      <div class="actions end"><${Button} kind="primary" onClick=${onClose}>${t("ui.done")}<//></div><//>`;
  }
  return html`<${Dialog} title=${t("tokens.new")} onClose=${onClose}><form class="stack" onSubmit=${create}><${Trouble} error=${error} />
    <${TextField} label=${t("tokens.name")} note=${t("tokens.nameNote")} required maxlength="100" value=${form.name} onValue=${set("name")} />
    <div class="fields"><${SelectField} label=${t("tokens.scope")} value=${form.scope} options=${SCOPES.map((key) => [key, t(`scope.${key}`)])} onValue=${set("scope")} />
      <${SelectField} label=${t("tokens.life")} value=${form.days} options=${LIVES.map((n) => [n, n ? t("tokens.days", { n }) : t("tokens.forever")])} onValue=${set("days")} />
      <${NumberField} label=${t("tokens.queuedMax")} min=${1} max=${100000} value=${form.queuedMax ?? ""} onValue=${set("queuedMax")} />
      <${NumberField} label=${t("tokens.runningMax")} min=${1} max=${1000} value=${form.runningMax ?? ""} onValue=${set("runningMax")} /></div>
    <div class="actions end"><${Button} onClick=${cancel(NEW, onClose)}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy}>${t("tokens.create")}<//></div></form><//>`;
}

function state(token, now) {
  if (token.revokedAt) return ["bad", t("tokens.revoked")];
  if (token.expiresAt && token.expiresAt < now) return ["warn", t("tokens.expired")];
  return ["good", t("tokens.active")];
}

function Row({ token, now, onRevoke }) {
  const [tone, text] = state(token, now);
  return html`<tr class=${tone === "good" ? "" : "ended"}><td><strong>${token.name}</strong><div class="note"><code>${token.tokenId}</code></div></td>
    <td data-name=${t("tokens.scopes")}><span class="tile-marks">${(token.scopes ?? []).map((scope) => html`<${Badge} key=${scope}>${scope}<//>`)}</span></td>
    <td class="nowrap" data-name=${t("tokens.used")}>${token.lastUsedAt ? ago(token.lastUsedAt, now) : t("tokens.never")}</td>
    <td class="nowrap" data-name=${t("tokens.expires")}>${token.expiresAt ? day(token.expiresAt) : t("tokens.forever")}</td>
    <td data-name=${t("tokens.state")}><${Badge} tone=${tone}>${text}<//></td>
    <td class="end">${!token.revokedAt && html`<${Button} small kind="quiet bad" aria-label=${t("tokens.revokeOne", { name: token.name })} onClick=${onRevoke}>${t("tokens.revoke")}<//>`}</td></tr>`;
}

export function Tokens() {
  const now = useNow();
  const loaded = useLoaded(() => api.list(), []);
  const [making, setMaking] = useState(false);
  const [asked, setAsked] = useState(null);
  const [revoke, revoking] = useAction(async () => {
    await api.revoke(asked.tokenId);
    setAsked(null);
    announce(t("tokens.revoked"));
    loaded.reload();
  });
  const items = loaded.data?.items;
  return html`<div class="card"><div class="card-head"><h2 id="tokens">${t("settings.tokens")}</h2><${Button} kind="primary" small icon="plus" onClick=${() => setMaking(true)}>${t("tokens.new")}<//></div>
    <${Trouble} error=${loaded.error} onRetry=${loaded.reload} />${!items && !loaded.error && html`<${Skeletons} count=${3} />`}
    ${items?.length === 0 && html`<${Empty} icon="key" title=${t("tokens.empty")} />`}
    ${items?.length > 0 && html`<div class="table-scroll" tabindex="0" role="region" aria-labelledby="tokens"><table class="listed"><thead><tr>${["name", "scopes", "used", "expires", "state"].map((key) => html`<th scope="col">${t(`tokens.${key}`)}</th>`)}<th><span class="visually-hidden">${t("ui.actions")}</span></th></tr></thead>
      <tbody>${items.map((token) => html`<${Row} key=${token.tokenId} ...${{ token, now }} onRevoke=${() => setAsked(token)} />`)}</tbody></table></div>`}
    ${making && html`<${NewToken} onClose=${() => setMaking(false)} onMade=${loaded.reload} />`}
    ${asked && html`<${Confirm} title=${t("tokens.revokeTitle", { name: asked.name })} text=${t("tokens.revokeText")} verb=${t("tokens.revoke")} ...${revoking} onYes=${revoke} onClose=${() => setAsked(null)} />`}</div>`;
}
