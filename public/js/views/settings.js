/** Settings: one part at a time. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { link } from "../router.js";
import { LinkButton, Page, Tabs } from "../ui.js";
import { Health } from "./health.js";
import { People } from "./people.js";
import { Presets } from "./presets.js";
import { Tokens } from "./tokens.js";
import { Translation } from "./translation.js";
import { Usage } from "./usage.js";
import { Webhooks } from "./webhooks.js";

export const name = "settings";

const PARTS = { health: Health, usage: Usage, people: People, tokens: Tokens, webhooks: Webhooks, presets: Presets, translation: Translation };

export function View({ route, user }) {
  const part = route.segments[1] in PARTS ? route.segments[1] : "health";
  const Part = PARTS[part];
  const tabs = Object.keys(PARTS).map((key) => [key, t(`settings.${key}`), link("settings", key)]);
  return html`<${Page} title=${t("settings.title")} lead=${t(`settings.${part}_lead`)}
      actions=${html`<${LinkButton} kind="phone-only" icon="code" href="/reference.html">${t("nav.reference")}<//>`}><${Tabs} label=${t("settings.parts")} current=${part} tabs=${tabs} />
    ${part === "health" && html`<p><a href=${link("status")}>${t("standing.all")}</a></p>`}<${Part} key=${part} user=${user} /><//>`;
}

