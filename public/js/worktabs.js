/** The tabs of what is going on: jobs by themselves, runs of recipes, and subscriptions. */
import { html } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { link } from "./router.js";
import { Tabs } from "./ui.js";

export const WorkTabs = ({ current }) =>
  html`<${Tabs} label=${t("runs.kinds")} current=${current} tabs=${[["jobs", t("nav.jobs"), link("jobs")], ["runs", t("runs.title"), link("runs")], ["subscriptions", t("subscriptions.title"), link("subscriptions")]]} />`;
