/** Ways in beside a token: a passkey, the organisation's provider. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { useAction } from "../hooks.js";
import { t } from "../i18n.js";
import { inWords } from "../trouble.js";
import { Button } from "../ui.js";
import { entering } from "./api.js";
import { leaveTo } from "./back.js";
import { canUsePasskeys } from "./names.js";
import { usePasskey } from "./webauthn.js";

/** `invitation`: to be accepted by signing in. `lead`: what is said above, where there is a way. `onError` gets words, "" for none. */
export function WaysIn({ invitation, lead, onSignedIn, onError }) {
  const [provider, setProvider] = useState(null);
  useEffect(() => {
    entering.offers().then(({ oidc }) => setProvider(oidc), () => {});
  }, []);
  const trying = (enter) => async () => {
    onError("");
    try {
      await enter();
    } catch (problem) {
      onError(inWords(problem).message);
    }
  };
  const [passkey, byPasskey] = useAction(trying(async () => {
    const { publicKey } = await entering.options();
    const credential = await usePasskey(publicKey);
    if (credential) await onSignedIn(await entering.withPasskey(credential, invitation));
    else onError(t("signin.noPasskey"));
  }));
  const [leave, byProvider] = useAction(trying(async () => {
    const { url } = await entering.atProvider(invitation);
    leaveTo(url);
  }));
  if (!canUsePasskeys() && !provider) return null;
  return html`${lead && html`<p class="note">${lead}</p>`}<div class="ways-in">
    ${canUsePasskeys() && html`<${Button} kind="wide" icon="key" busy=${byPasskey.busy} onClick=${passkey}>${t("signin.passkey")}<//>`}
    ${provider && html`<${Button} kind="wide" icon="external" busy=${byProvider.busy} onClick=${leave}>${t("signin.provider", { name: provider.name })}<//>`}
  </div>`;
}
