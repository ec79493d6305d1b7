/** What a job offers when it has ended: the next step, itself again with changes, a link for others. */
import { html, useState } from "../../vendor/htm-preact.js";
import { t, useWords } from "../i18n.js";
import { engineIds } from "../engines.js";
import { Button, LinkButton } from "../ui.js";
import { againLink } from "./again.js";
import { Share } from "./share.js";
import { stepsAfter } from "./steps.js";

await useWords("results");

export function NextSteps({ job }) {
  const [sharing, setSharing] = useState(false);
  const steps = job.status === "completed" ? stepsAfter(job, engineIds()) : [];
  const again = againLink(job);
  const shares = Object.keys(job.artifacts ?? {}).length > 0;
  if (!steps.length && !again && !shares) return null;
  return html`<section class="card stack" aria-labelledby="next"><h2 id="next">${t("next.title")}</h2><div class="actions">
      ${steps.map(({ key, icon, href, file }, at) => html`<${LinkButton} key=${key} kind=${at ? "" : "primary"} ...${{ icon, href }} download=${file}>${t(`next.${key}`)}<//>`)}
      ${again && html`<${LinkButton} icon="redo" href=${again}>${t("next.again")}<//>`}
      ${shares && html`<${Button} icon="external" onClick=${() => setSharing(true)}>${t("share.open")}<//>`}</div>
    ${sharing && html`<${Share} job=${job} onClose=${() => setSharing(false)} />`}</section>`;
}
