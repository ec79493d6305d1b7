/** What was put into the trash last, wherever that was, so that the library can offer the way back. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { useAction } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { Button, Trouble, announce } from "../ui.js";

await useWords("library");

let last = [];
const listeners = new Set();

function remember(ids) {
  last = ids;
  listeners.forEach((listener) => listener(ids));
}

/** Put media into the trash, from where the library offers them back. */
export async function putIntoTrash(ids) {
  await api.trash(ids);
  remember(ids);
  announce(t("trash.put", { n: ids.length }));
}

export function Undo({ onDone }) {
  const [ids, setIds] = useState(last);
  useEffect(() => {
    listeners.add(setIds);
    return () => listeners.delete(setIds);
  }, []);
  const [undo, { busy, error }] = useAction(async () => {
    await api.restoreFromTrash(ids);
    announce(t("trash.back", { n: ids.length }));
    remember([]);
    onDone();
  });
  if (!ids.length) return null;
  return html`<div class="banner undo" role="region" aria-label=${t("trash.title")}><p>${t("trash.put", { n: ids.length })}</p><${Trouble} error=${error} />
    <${Button} small icon="undo" busy=${busy} onClick=${undo}>${t("trash.undo")}<//>
    <${Button} small kind="quiet" icon="cross" aria-label=${t("ui.close")} onClick=${() => remember([])} /></div>`;
}
