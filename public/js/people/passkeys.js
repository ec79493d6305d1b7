/** One's own passkeys: added, named, removed. */
import { html, useState } from "../../vendor/htm-preact.js";
import { ago, day } from "../format.js";
import { useAction, useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { Button, Confirm, Dialog, Skeletons, TextField, Trouble, announce } from "../ui.js";
import { passkeys as api } from "./api.js";
import { canUsePasskeys } from "./names.js";
import { deviceName, makePasskey } from "./webauthn.js";

function Rename({ passkey, onClose, onDone }) {
  const [name, setName] = useState(passkey.name);
  const [save, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    await api.rename(passkey.passkeyId, name.trim());
    onDone();
  });
  return html`<${Dialog} title=${t("people.renamePasskey")} onClose=${onClose}><form class="stack" onSubmit=${save}><${Trouble} error=${error} />
    <${TextField} label=${t("people.passkeyName")} required maxlength="100" value=${name} onValue=${setName} />
    <div class="actions end"><${Button} onClick=${onClose}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy}>${t("people.save")}<//></div></form><//>`;
}

export function Passkeys({ now }) {
  const loaded = useLoaded(api.list, []);
  const [renamed, setRenamed] = useState(null);
  const [asked, setAsked] = useState(null);
  const [said, setSaid] = useState("");
  const [add, adding] = useAction(async () => {
    setSaid("");
    const { publicKey } = await api.options();
    const credential = await makePasskey(publicKey);
    if (!credential) return setSaid(t("people.noPasskeyMade"));
    await api.add({ name: deviceName(), credential });
    announce(t("people.passkeyAdded"));
    return loaded.reload();
  });
  const [remove, removing] = useAction(async () => {
    await api.remove(asked.passkeyId);
    setAsked(null);
    loaded.reload();
  });
  const items = loaded.data?.items;
  return html`<section class="card" aria-labelledby="passkeys"><div class="card-head"><h2 id="passkeys">${t("people.passkeys")}</h2>
      ${canUsePasskeys() && html`<${Button} kind="primary" small icon="plus" busy=${adding.busy} onClick=${add}>${t("people.addPasskey")}<//>`}</div>
    <p class="note">${t(canUsePasskeys() ? "people.passkeysNote" : "people.noPasskeys")}</p>
    <${Trouble} error=${loaded.error ?? adding.error} onRetry=${loaded.error && loaded.reload} /><p class="form-error" role="alert">${said}</p>
    ${!items && !loaded.error && html`<${Skeletons} count=${1} />`}
    ${items && html`<ul class="rows people-rows">${items.map((one) => html`<li class="row" key=${one.passkeyId}><div class="row-text"><strong>${one.name}</strong>
      <div class="note">${t("people.since", { when: day(one.createdAt) })} · ${one.lastUsedAt ? t("people.lastUsed", { when: ago(one.lastUsedAt, now) }) : t("people.neverUsed")}</div></div>
      <${Button} small kind="quiet" aria-label=${t("people.renameOne", { name: one.name })} onClick=${() => setRenamed(one)}>${t("people.rename")}<//>
      <${Button} small kind="quiet bad" aria-label=${t("people.removeOne", { name: one.name })} onClick=${() => setAsked(one)}>${t("people.remove")}<//></li>`)}</ul>`}
    ${renamed && html`<${Rename} passkey=${renamed} onClose=${() => setRenamed(null)} onDone=${() => {
      setRenamed(null);
      loaded.reload();
    }} />`}
    ${asked && html`<${Confirm} title=${t("people.removePasskeyTitle", { name: asked.name })} text=${t("people.removePasskeyText")} verb=${t("people.remove")} ...${removing} onYes=${remove} onClose=${() => setAsked(null)} />`}</section>`;
}
