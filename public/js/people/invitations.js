/** Invitations: made (the link is shown once), listed, withdrawn. */
import { html, useState } from "../../vendor/htm-preact.js";
import { cancel, forgetKept, useKept } from "../drafts/kept.js";
import { day } from "../format.js";
import { useAction } from "../hooks.js";
import { t } from "../i18n.js";
import { Badge, Button, Confirm, Dialog, SelectField, Secret, TextField, Trouble, announce } from "../ui.js";
import { invitations as api } from "./api.js";

export const ROLES = ["manager", "editor", "viewer"];
const LIVES = ["1", "7", "30"];

/** The link that an invitation's secret opens: behind `#`, where no server sees it. */
export const joinLink = (secret) => `${location.origin}/#/join/${secret}`;

const NEW = "people/invitation";

export function Invite({ workspaces, onClose, onMade }) {
  const [form, setForm] = useKept(NEW, { role: "editor", note: "", days: "7", workspaceId: workspaces?.[0]?.workspaceId });
  const set = (name) => (value) => setForm((before) => ({ ...before, [name]: value }));
  const [made, setMade] = useState(null);
  const [create, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const { role, days, workspaceId } = form;
    setMade(await api.create({ role, note: form.note.trim(), expiresInDays: Number(days), ...(workspaceId && { workspaceId }) }));
    forgetKept(NEW);
    onMade();
  });
  if (made) {
    return html`<${Dialog} title=${t("people.linkMade")} onClose=${onClose}><p>${t("people.linkOnce", { when: day(made.expiresAt) })}</p>
      <${Secret} label=${t("people.link")} value=${joinLink(made.invitation)} />
      <div class="actions end"><${Button} kind="primary" onClick=${onClose}>${t("ui.done")}<//></div><//>`;
  }
  return html`<${Dialog} title=${t("people.invite")} onClose=${onClose}><form class="stack" onSubmit=${create}><${Trouble} error=${error} />
    ${workspaces && html`<${SelectField} label=${t("nav.workspace")} value=${form.workspaceId} options=${workspaces.map((one) => [one.workspaceId, one.name])} onValue=${set("workspaceId")} />`}
    <${SelectField} label=${t("people.role")} note=${t(`role.${form.role}_note`)} value=${form.role} options=${ROLES.map((key) => [key, t(`role.${key}`)])} onValue=${set("role")} />
    <${SelectField} label=${t("people.life")} value=${form.days} options=${LIVES.map((n) => [n, t("people.days", { n })])} onValue=${set("days")} />
    <${TextField} label=${t("people.note")} note=${t("people.noteNote")} maxlength="100" value=${form.note} onValue=${set("note")} />
    <div class="actions end"><${Button} onClick=${cancel(NEW, onClose)}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy}>${t("people.makeLink")}<//></div></form><//>`;
}

function state({ usedAt, revokedAt, expiresAt }, now) {
  if (usedAt) return ["good", "people.used"];
  if (revokedAt) return ["bad", "people.withdrawn"];
  return expiresAt <= now ? ["warn", "people.expired"] : ["", "people.open"];
}

export function Invitations({ items, now, nameOf, onChanged }) {
  const [asked, setAsked] = useState(null);
  const [revoke, revoking] = useAction(async () => {
    await api.revoke(asked.invitationId);
    setAsked(null);
    announce(t("people.withdrawn"));
    onChanged();
  });
  if (!items.length) return html`<p class="note">${t("people.noInvitations")}</p>`;
  return html`<ul class="rows people-rows">${items.map((item) => {
    const [tone, word] = state(item, now);
    const title = item.note || t(`role.${item.role}`);
    return html`<li class="row" key=${item.invitationId}><div class="row-text"><strong>${title}</strong>
      <div class="note">${[t(`role.${item.role}`), nameOf?.(item.workspaceId), t("people.by", { name: item.invitedBy }), t("people.until", { when: day(item.expiresAt) })].filter(Boolean).join(" · ")}</div></div>
      <${Badge} tone=${tone}>${t(word)}<//>
      ${word === "people.open" && html`<${Button} small kind="quiet bad" aria-label=${t("people.withdrawOne", { name: title })} onClick=${() => setAsked(item)}>${t("people.withdraw")}<//>`}</li>`;
  })}</ul>
    ${asked && html`<${Confirm} title=${t("people.withdrawTitle")} text=${t("people.withdrawText")} verb=${t("people.withdraw")} ...${revoking} onYes=${revoke} onClose=${() => setAsked(null)} />`}`;
}
