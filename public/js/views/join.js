/** An invitation's link: who invites to what, and how to come in. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { day } from "../format.js";
import { useAction, useLoaded } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { joining } from "../people/api.js";
import { tellProblem } from "../people/back.js";
import { WaysIn } from "../people/enter.js";
import { canUsePasskeys } from "../people/names.js";
import { deviceName, makePasskey } from "../people/webauthn.js";
import { Button, Skeletons, TextField, Trouble } from "../ui.js";

await useWords("people");

export const name = "join";

/** From the beginning, as the member that one is now. */
function enter() {
  location.hash = "#/library";
  location.reload();
}

export function View({ route }) {
  const invitation = route.segments[1] ?? "";
  const opened = useLoaded(() => joining.open(invitation), [invitation]);
  const [who, setWho] = useState("");
  const [said, setSaid] = useState("");
  useEffect(() => {
    tellProblem(setSaid);
  }, []);
  const [join, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    setSaid("");
    const me = { invitation, name: who.trim() };
    const { publicKey } = await joining.options(me);
    const credential = await makePasskey(publicKey);
    if (!credential) return setSaid(t("people.noPasskeyMade"));
    await joining.join({ ...me, passkeyName: deviceName(), credential });
    return enter();
  });
  const { data } = opened;
  return html`<main class="sign-in"><img src="/icon.svg" alt="" width="48" height="48" /><h1 tabindex="-1">${t("people.joinTitle")}</h1>
    ${opened.loading && html`<${Skeletons} count=${2} />`}
    ${opened.error && html`<div class="card"><${Trouble} error=${opened.error} /><a href="#/library">${t("people.toSignIn")}</a></div>`}
    ${data && html`<p class="lead">${t("people.invited", { by: data.invitedBy, workspace: data.workspace, role: t(`role.${data.role}`) })}</p>
      <div class="card"><form class="stack" onSubmit=${join}>
        <${TextField} label=${t("people.yourName")} note=${t("people.yourNameNote")} required maxlength="100" autocomplete="name" value=${who} onValue=${setWho} />
        ${canUsePasskeys() ? html`<${Button} kind="primary wide" type="submit" icon="key" busy=${busy} disabled=${!who.trim()}>${t("people.makePasskey")}<//>` : html`<p class="note">${t("people.noPasskeys")}</p>`}
        </form><${Trouble} error=${error} /><p class="form-error" role="alert">${said}</p>
        <${WaysIn} lead=${t("people.knownHere")} invitation=${invitation} onSignedIn=${enter} onError=${setSaid} />
        <p class="note">${t("people.goodUntil", { when: day(data.expiresAt) })}</p></div>`}</main>`;
}
