/** Signing out: who has edits that are in this browser alone is asked about them. */
import { html, useState } from "../../vendor/htm-preact.js";
import { useAction } from "../hooks.js";
import { t } from "../i18n.js";
import { Button, Dialog, Trouble } from "../ui.js";
import { forgetKept } from "./kept.js";
import { flushDrafts } from "./keeper.js";
import { setOwner } from "./owner.js";
import { dropAllDrafts, listDrafts } from "./store.js";

/** The names of drafts that are a person's work; of one track there are several entries. */
const unsaved = async () => {
  await flushDrafts();
  return (await listDrafts("subtitles/")).filter(({ name }) => !name.endsWith("#base")).length;
};

/** `end`: ends the session, and the page. */
export function SignOut({ end }) {
  const [drafts, setDrafts] = useState(0);
  const [leave, { busy, error }] = useAction(async ({ keep }) => {
    if (!keep) await dropAllDrafts();
    forgetKept("");
    // From here on nothing of the page is anybody's: a view that goes away saves nothing.
    setOwner(null);
    await end();
  });
  const ask = async () => {
    const count = await unsaved();
    if (count) setDrafts(count);
    else await leave({ keep: true });
  };
  return html`<${Button} kind="quiet" small onClick=${ask}>${t("nav.signOut")}<//>
    ${drafts > 0 && html`<${Dialog} title=${t("signout.title")} onClose=${() => setDrafts(0)}><p>${t("signout.text", { n: drafts })}</p><${Trouble} error=${error} />
      <div class="actions end"><${Button} onClick=${() => setDrafts(0)}>${t("signout.stay")}<//>
        <${Button} kind="danger" busy=${busy} onClick=${() => leave({ keep: false })}>${t("signout.discard")}<//>
        <${Button} kind="primary" busy=${busy} onClick=${() => leave({ keep: true })}>${t("signout.keep")}<//></div><//>`}`;
}
