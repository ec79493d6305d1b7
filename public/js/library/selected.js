/** What can be done with several media at once. */
import { html, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { useAction } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { Button, Confirm, Dialog, TextField, Trouble, announce } from "../ui.js";
import { tagsOf } from "./choice.js";
import { putIntoTrash } from "./undo.js";

await useWords("library");

const AT_ONCE = 100; // What the API takes.

/** Do `act` with all of `ids`, as many at once as the API takes. */
async function inParts(ids, act) {
  for (let from = 0; from < ids.length; from += AT_ONCE) await act(ids.slice(from, from + AT_ONCE));
}

function Tags({ items, onClose, onDone }) {
  const [given, setGiven] = useState("");
  const [off, setOff] = useState([]);
  const worn = [...new Set(items.flatMap((item) => item.tags ?? []))].sort();
  const [save, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    await inParts(items.map((item) => item.mediaId), (ids) => api.changeTags(ids, tagsOf(given), off));
    announce(t("tags.saved"));
    onDone();
  });
  return html`<${Dialog} title=${t("tags.title", { n: items.length })} onClose=${onClose}><form class="stack" onSubmit=${save}><${Trouble} error=${error} />
    <${TextField} label=${t("tags.add")} note=${t("tags.addNote")} value=${given} onValue=${setGiven} />
    ${worn.length > 0 && html`<fieldset class="stack tight"><legend>${t("tags.remove")}</legend><div class="presets">${worn.map((tag) => html`<button key=${tag} type="button" class="chip" aria-pressed=${off.includes(tag)}
      onClick=${() => setOff(off.includes(tag) ? off.filter((one) => one !== tag) : [...off, tag])}>${tag}</button>`)}</div></fieldset>`}
    <div class="actions end"><${Button} onClick=${onClose}>${t("ui.cancel")}<//>
      <${Button} kind="primary" type="submit" busy=${busy} disabled=${!tagsOf(given).length && !off.length}>${t("ui.save")}<//></div></form><//>`;
}

/** Delete for good; what is busy or gone stays as it is, and is told. */
export function DeleteNow({ ids, onClose, onDone }) {
  const [remove, { busy, error }] = useAction(async () => {
    for (const id of ids) await api.remove(id).catch((problem) => {
      if (problem.status !== 404) throw problem;
    });
    announce(t("trash.deleted", { n: ids.length }));
    onDone();
  });
  return html`<${Confirm} title=${t("trash.deleteTitle", { n: ids.length })} text=${t("trash.deleteText")} verb=${t("trash.delete")} ...${{ busy, error, onClose }} onYes=${remove} />`;
}

/** `items`: those that are chosen; `onDone`: when something was done with them. */
export function Selected({ items, isTrash, onClear, onDone }) {
  const [dialog, setDialog] = useState("");
  const ids = items.map((item) => item.mediaId);
  const done = () => {
    setDialog("");
    onDone();
  };
  const [act, { busy, error }] = useAction(async (todo) => {
    await inParts(ids, todo);
    done();
  });
  return html`<div class="bulk" role="region" aria-label=${t("library.selected")}><p role="status">${t("jobs.chosen", { n: items.length })}</p><${Trouble} error=${error} />
    ${!isTrash && html`<${Button} small icon="edit" onClick=${() => setDialog("tags")}>${t("tags.open")}<//>
      <${Button} small icon="trash" busy=${busy} onClick=${() => act(putIntoTrash)}>${t("trash.move")}<//>`}
    ${isTrash && html`<${Button} small icon="undo" busy=${busy} onClick=${() => act(api.restoreFromTrash)}>${t("trash.restore")}<//>
      <${Button} small icon="trash" kind="bad" disabled=${busy} onClick=${() => setDialog("delete")}>${t("trash.delete")}<//>`}
    <${Button} small kind="quiet" onClick=${onClear}>${t("jobs.clear")}<//>
    ${dialog === "tags" && html`<${Tags} items=${items} onClose=${() => setDialog("")} onDone=${done} />`}
    ${dialog === "delete" && html`<${DeleteNow} ids=${ids} onClose=${() => setDialog("")} onDone=${done} />`}</div>`;
}
