/** The workspace that a person is in, and the others that it can go on in. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { workspaces } from "./api.js";

export function Workspaces({ user }) {
  const { person } = user;
  if (!person || person.workspaces.length < 2) return null;
  const switchTo = async (event) => {
    await workspaces.switchTo(event.target.value);
    // Whatever is shown belongs to the other one.
    location.hash = "#/library";
    location.reload();
  };
  return html`<select class="workspaces" aria-label=${t("nav.workspace")} value=${person.workspaceId} onChange=${switchTo}>
    ${person.workspaces.map(({ workspaceId, name }) => html`<option key=${workspaceId} value=${workspaceId} selected=${workspaceId === person.workspaceId}>${name}</option>`)}</select>`;
}
