/** One's own accounts at the organisation's provider: linked and unlinked. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { ago, day } from "../format.js";
import { useAction, useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { Button, Trouble } from "../ui.js";
import { entering, identities as api } from "./api.js";
import { leaveTo, tellProblem } from "./back.js";

export function Identities({ now }) {
  const loaded = useLoaded(() => Promise.all([entering.offers(), api.list()]).then(([{ oidc }, { items }]) => ({ oidc, items })), []);
  const [said, setSaid] = useState("");
  useEffect(() => {
    tellProblem(setSaid);
  }, []);
  const [add, adding] = useAction(async () => leaveTo((await api.link()).url));
  const [remove, removing] = useAction(async (one) => {
    await api.unlink(one.identityId);
    loaded.reload();
  });
  const { oidc, items = [] } = loaded.data ?? {};
  if (!oidc && !items.length) return null;
  return html`<section class="card" aria-labelledby="identities"><div class="card-head"><h2 id="identities">${t("people.identities")}</h2>
      ${oidc && html`<${Button} small icon="external" busy=${adding.busy} onClick=${add}>${t("people.linkProvider", { name: oidc.name })}<//>`}</div>
    <p class="form-error" role="alert">${said}</p><${Trouble} error=${loaded.error ?? adding.error ?? removing.error} />
    ${items.length === 0 && html`<p class="note">${t("people.noIdentities")}</p>`}
    <ul class="rows people-rows">${items.map((one) => html`<li class="row" key=${one.identityId}><div class="row-text"><strong>${one.email ?? one.issuer}</strong>
      <div class="note">${[one.email && one.issuer, t("people.since", { when: day(one.createdAt) }), one.lastUsedAt && t("people.lastUsed", { when: ago(one.lastUsedAt, now) })].filter(Boolean).join(" · ")}</div></div>
      <${Button} small kind="quiet bad" aria-label=${t("people.unlinkOne", { name: one.email ?? one.issuer })} onClick=${() => remove(one)}>${t("people.unlink")}<//></li>`)}</ul></section>`;
}
