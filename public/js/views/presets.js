/** Saved styles: renamed and deleted here, made where they are used. */
import { html, useState } from "../../vendor/htm-preact.js";
import { presets as api } from "../api.js";
import { cancel, forgetKept, useKept } from "../drafts/kept.js";
import { useAction, useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { engineName } from "../engines.js";
import { link } from "../router.js";
import { Button, Confirm, Dialog, Empty, LinkButton, Skeletons, TextField, Trouble } from "../ui.js";

function Rename({ preset, onClose, onDone }) {
  const kept = `presets/${preset.presetId}`;
  const [name, setName] = useKept(kept, preset.name);
  const [save, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    await api.rename(preset.presetId, name.trim());
    forgetKept(kept);
    onDone();
  });
  return html`<${Dialog} title=${t("presets.rename")} onClose=${onClose}><form class="stack" onSubmit=${save}><${Trouble} error=${error} />
    <${TextField} label=${t("burn.presetName")} required maxlength="100" value=${name} onValue=${setName} />
    <div class="actions end"><${Button} onClick=${cancel(kept, onClose)}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy}>${t("ui.save")}<//></div></form><//>`;
}

export function Presets() {
  const loaded = useLoaded(() => api.list(), []);
  const [renamed, setRenamed] = useState(null);
  const [asked, setAsked] = useState(null);
  const [remove, removing] = useAction(async () => {
    await api.remove(asked.presetId);
    setAsked(null);
    loaded.reload();
  });
  const items = loaded.data?.items;
  return html`<section class="card" aria-labelledby="presets"><h2 id="presets">${t("settings.presets")}</h2><${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    ${!items && !loaded.error && html`<${Skeletons} count=${2} />`}
    ${items?.length === 0 && html`<${Empty} icon="subtitles" title=${t("presets.empty")}><p>${t("presets.emptyText")}</p><div class="actions"><${LinkButton} href=${link("new", "burn")}>${t("new.burn")}<//></div><//>`}
    ${items?.length > 0 && html`<ul class="rows" role="list">${items.map((preset) => html`<li class="row" key=${preset.presetId}><span class="row-text"><strong>${preset.name}</strong><span class="note">${engineName(preset.engine)}</span></span>
      <${Button} small icon="edit" aria-label=${t("presets.renameOne", { name: preset.name })} onClick=${() => setRenamed(preset)}>${t("media.rename")}<//>
      <${Button} small kind="quiet bad" icon="trash" aria-label=${t("presets.deleteOne", { name: preset.name })} onClick=${() => setAsked(preset)} /></li>`)}</ul>`}
    ${renamed && html`<${Rename} preset=${renamed} onClose=${() => setRenamed(null)} onDone=${() => {
      setRenamed(null);
      loaded.reload();
    }} />`}
    ${asked && html`<${Confirm} title=${t("presets.deleteTitle")} text=${t("presets.deleteText", { name: asked.name })} verb=${t("ui.delete")} ...${removing} onYes=${remove} onClose=${() => setAsked(null)} />`}</section>`;
}
