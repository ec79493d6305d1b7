/** Signing in: as a person, or with a token that is exchanged for a session. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { session } from "../api.js";
import { t } from "../i18n.js";
import { tellProblem } from "../people/back.js";
import { WaysIn } from "../people/enter.js";
import { Button } from "../ui.js";

/** `over`: in a dialog over a page, which has its own heading. */
export function SignIn({ reason, onSignedIn, over }) {
  const [error, setError] = useState(reason);
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  useEffect(() => {
    field.current.focus();
    tellProblem(setError);
  }, []);
  const submit = async (event) => {
    event.preventDefault();
    const token = field.current.value.trim();
    if (!/^[\x21-\x7e]+$/.test(token)) {
      setError(t("signin.paste"));
      field.current.focus();
      return;
    }
    setBusy(true);
    setError("");
    try {
      await onSignedIn(await session.begin(token));
    } catch (problem) {
      setError(problem.status === 401 ? t("signin.unknown") : problem.message);
      setBusy(false);
      field.current.focus();
    }
  };
  const head = html`<img src="/icon.svg" alt="" width="48" height="48" /><h1>${t("brand")}</h1><p class="lead">${t("signin.lead")}</p>`;
  return html`<${over ? "div" : "main"} class="sign-in">${!over && head}
    <form class=${over ? "stack" : "card"} onSubmit=${submit} novalidate>
      <${WaysIn} onSignedIn=${onSignedIn} onError=${setError} />
      <div class="field"><label for="token">${t("signin.token")}</label>
        <input id="token" ref=${field} autofocus type="password" autocomplete="current-password" spellcheck="false"
          aria-describedby="token-note token-error" aria-invalid=${error ? "true" : undefined} />
        <p class="note" id="token-note">${t("signin.note")}</p></div>
      <p class="form-error" id="token-error" role="alert">${error}</p>
      <${Button} kind="primary wide" type="submit" busy=${busy}>${t("signin.enter")}<//>
    </form><//>`;
}
