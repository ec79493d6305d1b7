/** Signing in over the page, when the session has ended: nothing that is on it is lost. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { whenSignedOut } from "../api.js";
import { t } from "../i18n.js";
import { Button, Dialog } from "../ui.js";
import { SignIn } from "../views/signin.js";
import { endPage } from "./owner.js";
import { createSession } from "./session.js";

/** Begin with a fresh page: what is on this one is another person's. */
function anew() {
  endPage();
  history.replaceState(null, "", "#/library");
  location.reload();
}

export function SignInOver({ sessionRef }) {
  const [state, setState] = useState("");
  const session = useRef(null);
  useEffect(() => {
    session.current = createSession({ show: setState, anew });
    sessionRef.current = session.current;
    whenSignedOut(session.current.ask);
    return () => {
      whenSignedOut(async () => false);
      session.current.close();
    };
  }, []);
  if (state === "away") {
    return html`<div class="banner warn session-ended" role="status"><p>${t("signin.ended")}</p><${Button} small onClick=${() => session.current.ask(true)}>${t("signin.enter")}<//></div>`;
  }
  return state === "ended" && html`<${Dialog} title=${t("signin.again")} onClose=${() => session.current.dismiss()}>
    <p>${t("signin.goesOn")}</p><${SignIn} over reason=${t("signin.ended")} onSignedIn=${(document) => session.current.entered(document)} /><//>`;
}
