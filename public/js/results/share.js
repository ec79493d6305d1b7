/** A link to one output for others, who need no token: how long it opens, copied, and until when. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { jobs as api } from "../api.js";
import { moment } from "../format.js";
import { useAction } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { slotName } from "../jobwords.js";
import { Button, Dialog, Secret, Segments, SelectField, Trouble, announce } from "../ui.js";

await useWords("results");

const LIVES_S = { hour: 3600, day: 86_400, week: 7 * 86_400 };

export function Share({ job, onClose }) {
  const slots = Object.keys(job.artifacts);
  const [slot, setSlot] = useState(slots.includes("video") ? "video" : slots[0]);
  const [life, setLife] = useState("day");
  const [made, setMade] = useState(null); // {url, expiresAt, copied}
  // A link says what was chosen when it was made.
  useEffect(() => setMade(null), [slot, life]);
  const [share, { busy, error }] = useAction(async () => {
    const { url, expiresAt } = await api.share(job.jobId, { slot, expiresInS: LIVES_S[life] });
    const copied = await navigator.clipboard?.writeText(url).then(() => true, () => false);
    setMade({ url, expiresAt, copied });
    announce(copied ? t("share.copied", { when: moment(expiresAt) }) : t("share.until", { when: moment(expiresAt) }));
  });
  return html`<${Dialog} title=${t("share.title")} onClose=${onClose}><div class="stack"><p class="note">${t("share.note")}</p><${Trouble} error=${error} />
    ${slots.length > 1 && html`<${SelectField} label=${t("share.what")} value=${slot} options=${slots.map((one) => [one, slotName(one)])} onValue=${setSlot} />`}
    <${Segments} label=${t("share.life")} hideLabel=${false} value=${life} options=${Object.keys(LIVES_S).map((key) => [key, t(`share.${key}`)])} onValue=${setLife} />
    ${made && html`<p role="status">${t(made.copied ? "share.copied" : "share.until", { when: moment(made.expiresAt) })}</p><${Secret} label=${t("share.link")} value=${made.url} />`}
    <div class="actions end"><${Button} onClick=${onClose}>${t("ui.close")}<//>
      ${!made && html`<${Button} kind="primary" icon="copy" busy=${busy} onClick=${share}>${t("share.make")}<//>`}</div></div><//>`;
}
