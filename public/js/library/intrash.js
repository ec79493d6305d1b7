/** That a media is in the trash, until when, and the two ways out. */
import { html, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { day } from "../format.js";
import { useAction } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { go } from "../router.js";
import { Button, Icon, Trouble } from "../ui.js";
import { DeleteNow } from "./selected.js";

await useWords("library");

export function InTrash({ item, onChanged }) {
  const [asking, setAsking] = useState(false);
  const [restore, { busy, error }] = useAction(async () => {
    await api.restoreFromTrash([item.mediaId]);
    onChanged();
  });
  if (!item.trashedAt) return null;
  return html`<section class="banner warn" aria-label=${t("trash.title")}><${Icon} name="trash" /><p>${t("trash.until", { when: day(item.deletesAt) })}</p><${Trouble} error=${error} />
    <${Button} small icon="undo" busy=${busy} onClick=${restore}>${t("trash.restore")}<//>
    <${Button} small kind="bad" onClick=${() => setAsking(true)}>${t("trash.delete")}<//>
    ${asking && html`<${DeleteNow} ids=${[item.mediaId]} onClose=${() => setAsking(false)} onDone=${() => go("library", { trash: 1 })} />`}</section>`;
}
