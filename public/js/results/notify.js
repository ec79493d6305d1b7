/** The question whether the system may tell when something has ended: asked by a click alone. */
import { html, useState } from "../../vendor/htm-preact.js";
import { t, useWords } from "../i18n.js";
import { Button } from "../ui.js";

await useWords("results");

export function NotifyButton() {
  const [asked, setAsked] = useState(globalThis.Notification?.permission ?? "none");
  if (asked === "granted") return html`<p class="note">${t("notify.on")}</p>`;
  if (asked !== "default") return null;
  return html`<${Button} small icon="alert" onClick=${async () => setAsked(await Notification.requestPermission())}>${t("notify.ask")}<//>`;
}
