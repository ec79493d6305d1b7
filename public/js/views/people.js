/** The people of a workspace, those who are invited, and one's own passkeys. */
import { html, useState } from "../../vendor/htm-preact.js";
import { ago } from "../format.js";
import { cancel, forgetKept, useKept } from "../drafts/kept.js";
import { useAction, useLoaded, useNow } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { invitations, members as api, workspaces } from "../people/api.js";
import { Identities } from "../people/identities.js";
import { Invitations, Invite, ROLES } from "../people/invitations.js";
import { Passkeys } from "../people/passkeys.js";
import { Button, Confirm, Dialog, Empty, Skeletons, TextField, Trouble, announce } from "../ui.js";

await useWords("people");

function Row({ member, now, me, where, onRole, onRemove }) {
  return html`<li class="row"><div class="row-text"><strong>${member.name}</strong>
      <div class="note">${[me && t("people.you"), member.email, where, member.lastUsedAt ? t("people.lastUsed", { when: ago(member.lastUsedAt, now) }) : t("people.neverUsed")].filter(Boolean).join(" · ")}</div></div>
    <select class="small" aria-label=${t("people.roleOf", { name: member.name })} value=${member.role} onChange=${(event) => onRole(event.target.value)}>
      ${ROLES.map((key) => html`<option key=${key} value=${key} selected=${key === member.role}>${t(`role.${key}`)}</option>`)}</select>
    <${Button} small kind="quiet bad" aria-label=${t("people.removeOne", { name: member.name })} onClick=${onRemove}>${t("people.remove")}<//></li>`;
}

function Members({ user, all }) {
  const now = useNow();
  const loaded = useLoaded(() => Promise.all([api.list(), invitations.list()]).then(([people, open]) => ({ people: people.items, open: open.items })), []);
  const [inviting, setInviting] = useState(false);
  const [asked, setAsked] = useState(null);
  const [change, changing] = useAction(async (member, role) => {
    await api.change(member.memberId, role).finally(loaded.reload);
    announce(t("people.roleChanged", { name: member.name, role: t(`role.${role}`) }));
  });
  const [remove, removing] = useAction(async () => {
    await api.remove(asked.memberId);
    setAsked(null);
    loaded.reload();
  });
  const nameOf = all && ((workspaceId) => all.find((one) => one.workspaceId === workspaceId)?.name ?? workspaceId);
  const { people, open } = loaded.data ?? {};
  return html`<section class="card" aria-labelledby="members"><div class="card-head"><h2 id="members">${t("people.members")}</h2>
      <${Button} kind="primary" small icon="plus" onClick=${() => setInviting(true)}>${t("people.invite")}<//></div>
    <${Trouble} error=${loaded.error ?? changing.error} onRetry=${loaded.error && loaded.reload} />${!people && !loaded.error && html`<${Skeletons} count=${3} />`}
    ${people?.length === 0 && html`<${Empty} icon="key" title=${t("people.nobody")} />`}
    ${people?.length > 0 && html`<ul class="rows people-rows">${people.map((member) => html`<${Row} key=${member.memberId} ...${{ member, now }} me=${member.memberId === user.person?.memberId}
      where=${nameOf?.(member.workspaceId)} onRole=${(role) => change(member, role)} onRemove=${() => setAsked(member)} />`)}</ul>`}</section>
    <section class="card" aria-labelledby="invitations"><div class="card-head"><h2 id="invitations">${t("people.invitations")}</h2></div>
      ${open && html`<${Invitations} items=${open} ...${{ now, nameOf }} onChanged=${loaded.reload} />`}</section>
    ${inviting && html`<${Invite} workspaces=${all} onClose=${() => setInviting(false)} onMade=${loaded.reload} />`}
    ${asked && html`<${Confirm} title=${t("people.removeTitle", { name: asked.name })} text=${t("people.removeText")} verb=${t("people.remove")} ...${removing} onYes=${remove} onClose=${() => setAsked(null)} />`}`;
}

const NEW = "people/workspace";

function NewWorkspace({ onClose, onMade }) {
  const [name, setName] = useKept(NEW, "");
  const [create, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    await workspaces.create(name.trim());
    forgetKept(NEW);
    onMade();
  });
  return html`<${Dialog} title=${t("people.newWorkspace")} onClose=${onClose}><form class="stack" onSubmit=${create}><${Trouble} error=${error} />
    <${TextField} label=${t("people.workspaceName")} note=${t("people.workspaceNote")} required maxlength="100" value=${name} onValue=${setName} />
    <div class="actions end"><${Button} onClick=${cancel(NEW, onClose)}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy}>${t("people.makeWorkspace")}<//></div></form><//>`;
}

/** What an operator sees: all workspaces and their people. */
function Everywhere({ user }) {
  const loaded = useLoaded(() => workspaces.list().then(({ items }) => items), []);
  const [making, setMaking] = useState(false);
  return html`<section class="card" aria-labelledby="workspaces"><div class="card-head"><h2 id="workspaces">${t("people.workspaces")}</h2>
      <${Button} small icon="plus" onClick=${() => setMaking(true)}>${t("people.newWorkspace")}<//></div>
    <${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    ${loaded.data && html`<ul class="rows people-rows">${loaded.data.map((one) => html`<li class="row" key=${one.workspaceId}><div class="row-text"><strong>${one.name}</strong><div class="note"><code>${one.workspaceId}</code></div></div></li>`)}</ul>`}</section>
    ${loaded.data && html`<${Members} user=${user} all=${loaded.data} />`}
    ${making && html`<${NewWorkspace} onClose=${() => setMaking(false)} onMade=${() => {
      setMaking(false);
      loaded.reload();
    }} />`}`;
}

export function People({ user }) {
  const now = useNow();
  const manages = user.scopes.includes("admin");
  if (!manages && !user.person) return html`<section class="card"><${Empty} icon="key" title=${t("people.onlyManagers")} /></section>`;
  return html`<div class="stack people">${user.isOperator ? html`<${Everywhere} user=${user} />` : manages && html`<${Members} user=${user} />`}
    ${user.person && html`<${Passkeys} now=${now} /><${Identities} now=${now} />`}</div>`;
}
