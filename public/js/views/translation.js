/** What is settled for translations: the glossary, and what the memory has learned of corrections. */
import { html, useRef, useState } from "../../vendor/htm-preact.js";
import { glossary, memory } from "../api.js";
import { cancel, forgetKept, useKept } from "../drafts/kept.js";
import { ago, moment } from "../format.js";
import { useAction, useNow, usePages } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { languageName, languageOptions } from "../languages.js";
import { link } from "../router.js";
import { Button, Confirm, Dialog, Empty, Field, FileField, Icon, LinkButton, More, SelectField, Skeletons, TextField, Trouble, announce } from "../ui.js";

await useWords("translation");

const TYPING_MS = 250;
const PAGE = 50;

const fromOptions = (known) => [["", t("terms.anyLanguage")], ...languageOptions(known).slice(1)];
const toOptions = (known) => languageOptions(known).slice(1);
const between = ({ from, to }) => t("terms.between", { from: from ? languageName(from) : t("terms.anyLanguage"), to: languageName(to) });

/** The two languages that the next term or file is of: those of the last one. */
const last = { from: "en", to: "zh-Hans" };

function Languages({ value, onChange }) {
  const set = (name) => (tag) => {
    last[name] = tag;
    onChange({ ...value, [name]: tag });
  };
  return html`<div class="fields"><${SelectField} label=${t("terms.from")} value=${value.from} options=${fromOptions(value.from)} onValue=${set("from")} />
    <${SelectField} label=${t("terms.to")} value=${value.to} options=${toOptions(value.to)} onValue=${set("to")} /></div>`;
}

const TextArea = ({ label, value, onValue, ...rest }) => html`<${Field} label=${label} control=${(id) =>
  html`<textarea id=${id} rows="3" ...${rest} value=${value} onInput=${(event) => onValue(event.target.value)}></textarea>`} />`;

const Ends = ({ busy, onCancel, verb }) => html`<div class="actions end"><${Button} onClick=${onCancel}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy}>${verb}<//></div>`;

/** A new term, or one to change; its languages stay. */
function TermForm({ term, onClose, onDone }) {
  const kept = `terms/${term?.termId ?? "new"}`;
  const [form, setForm] = useKept(kept, term ?? { ...last, source: "", target: "", note: "" });
  const set = (name) => (value) => setForm((before) => ({ ...before, [name]: value }));
  const [save, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const words = { source: form.source.trim(), target: form.target.trim(), note: form.note?.trim() ?? "" };
    await (term ? glossary.change(term.termId, words) : glossary.add({ ...words, from: form.from || null, to: form.to }));
    forgetKept(kept);
    announce(t("terms.saved"));
    onDone();
  });
  return html`<${Dialog} title=${t(term ? "terms.change" : "terms.new")} onClose=${onClose}><form class="stack" onSubmit=${save}><${Trouble} error=${error} />
    ${term ? html`<p class="note">${between(term)}</p>` : html`<${Languages} value=${form} onChange=${setForm} />`}
    <${TextField} label=${t("terms.source")} required maxlength="200" value=${form.source} onValue=${set("source")} />
    <${TextField} label=${t("terms.target")} required maxlength="200" value=${form.target} onValue=${set("target")} />
    <${TextField} label=${t("terms.note")} note=${t("terms.noteNote")} maxlength="500" value=${form.note ?? ""} onValue=${set("note")} />
    <${Ends} busy=${busy} onCancel=${cancel(kept, onClose)} verb=${t("ui.save")} /></form><//>`;
}

/** A file of terms to be taken in, and the terms as a file. */
function TermFile({ onClose, onDone }) {
  const [languages, setLanguages] = useState({ ...last });
  const [made, setMade] = useState(null);
  const [take, { busy, error }] = useAction(async (file, input) => {
    setMade(null);
    const format = /\.(tsv|tab|txt)$/i.test(file.name) ? "tsv" : "csv";
    try {
      setMade(await glossary.take(file, languages.from, languages.to, format));
      announce(t("terms.saved"));
      onDone();
    } finally {
      input.value = ""; // The same file, corrected, is a choice again.
    }
  });
  return html`<${Dialog} title=${t("terms.file")} onClose=${onClose}><div class="stack"><${Trouble} error=${error} />
    <${Languages} value=${languages} onChange=${setLanguages} />
    <${FileField} label=${t("terms.import")} note=${t("terms.importNote")} accept=".csv,.tsv,.tab,.txt,text/csv,text/tab-separated-values" onFile=${take} name=${busy ? t("ui.loading") : undefined} />
    ${made && html`<p role="status">${t("terms.imported", made)}</p>`}
    <div class="actions">${["csv", "tsv"].map((format) => html`<${LinkButton} key=${format} icon="download" href=${glossary.filePath(languages.from, languages.to, format)} download>${t("terms.export", { format: format.toUpperCase() })}<//>`)}</div>
    <div class="actions end"><${Button} onClick=${onClose}>${t("ui.done")}<//></div></div><//>`;
}

function PairForm({ pair, onClose, onDone }) {
  const kept = `memory/${pair.pairId}`;
  const [target, setTarget] = useKept(kept, pair.target);
  const [save, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    await memory.change(pair.pairId, target.trim());
    forgetKept(kept);
    announce(t("memory.saved"));
    onDone();
  });
  return html`<${Dialog} title=${t("memory.change")} onClose=${onClose}><form class="stack" onSubmit=${save}><${Trouble} error=${error} />
    <p class="note">${between(pair)}</p><blockquote class="quoted" lang=${pair.from ?? undefined} dir="auto">${pair.source}</blockquote>
    <${TextArea} label=${t("terms.target")} required maxlength="2000" value=${target} onValue=${setTarget} />
    <${Ends} busy=${busy} onCancel=${cancel(kept, onClose)} verb=${t("ui.save")} /></form><//>`;
}

function Search({ label, onWords }) {
  const timer = useRef(0);
  const search = ({ target }) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onWords(target.value.trim()), TYPING_MS);
  };
  return html`<div class="search"><${Icon} name="search" /><input type="search" maxlength="100" aria-label=${label} placeholder=${label} onInput=${search} /></div>`;
}

/** A table of terms or pairs, each drawn by `row`. */
function Table({ id, pages, columns, row }) {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-labelledby=${id}><table class="listed">
    <thead><tr>${columns.map((text) => html`<th scope="col" key=${text}>${text}</th>`)}<th><span class="visually-hidden">${t("ui.actions")}</span></th></tr></thead>
    <tbody>${pages.items.map(row)}</tbody></table><${More} pages=${pages} /></div>`;
}

const Texts = ({ item }) => html`<td class="said" lang=${item.from ?? undefined} dir="auto"><strong>${item.source}</strong></td>
  <td class="said" lang=${item.to} dir="auto" data-name=${t("terms.target")}>${item.target}</td><td data-name=${t("terms.languages")}>${between(item)}</td>`;

const Acts = ({ item, onEdit, onDelete }) => html`<td class="end"><span class="actions">
  <${Button} small icon="edit" aria-label=${t("terms.editOne", { source: item.source })} onClick=${onEdit} />
  <${Button} small kind="quiet bad" icon="trash" aria-label=${t("terms.deleteOne", { source: item.source })} onClick=${onDelete} /></span></td>`;

function List({ id, pages, words, empty, children }) {
  const { items, error } = pages;
  return html`<${Trouble} error=${error} onRetry=${pages.reload} />${!items && !error && html`<${Skeletons} count=${3} />`}
    ${items?.length === 0 && (words ? html`<p class="muted" role="status">${t("terms.noneFound", { words })}</p>` : empty)}
    ${items?.length > 0 && children}`;
}

function Glossary() {
  const [words, setWords] = useKept("terms/search", "");
  const [dialog, setDialog] = useState(null); // {kind, term}
  const pages = usePages((cursor) => glossary.list({ query: words, limit: PAGE, cursor }), [words]);
  const close = () => setDialog(null);
  const done = () => {
    close();
    pages.reload();
  };
  const [remove, removing] = useAction(async () => {
    await glossary.remove(dialog.term.termId);
    done();
  });
  const columns = ["source", "target", "languages", "note"].map((key) => t(`terms.${key}`));
  const row = (term) => html`<tr key=${term.termId}><${Texts} item=${term} /><td class="said" data-name=${t("terms.note")}>${term.note}</td>
    <${Acts} item=${term} onEdit=${() => setDialog({ kind: "term", term })} onDelete=${() => setDialog({ kind: "delete", term })} /></tr>`;
  return html`<section class="card stack" aria-labelledby="glossary"><div class="card-head"><h2 id="glossary">${t("terms.title")}</h2>
      <span class="actions"><${Button} small icon="upload" onClick=${() => setDialog({ kind: "file" })}>${t("terms.file")}<//>
        <${Button} kind="primary" small icon="plus" onClick=${() => setDialog({ kind: "term" })}>${t("terms.new")}<//></span></div>
    <p class="note">${t("terms.lead")}</p><${Search} label=${t("terms.search")} onWords=${setWords} />
    <${List} ...${{ pages, words }} empty=${html`<${Empty} icon="globe" title=${t("terms.empty")}><p>${t("terms.emptyText")}</p><//>`}><${Table} id="glossary" ...${{ pages, columns, row }} /><//>
    ${dialog?.kind === "term" && html`<${TermForm} term=${dialog.term} onClose=${close} onDone=${done} />`}
    ${dialog?.kind === "file" && html`<${TermFile} onClose=${close} onDone=${pages.reload} />`}
    ${dialog?.kind === "delete" && html`<${Confirm} title=${t("terms.deleteTitle")} text=${t("terms.deleteText", { source: dialog.term.source })} verb=${t("ui.delete")} ...${removing} onYes=${remove} onClose=${close} />`}</section>`;
}

function Memory() {
  const now = useNow();
  const [words, setWords] = useKept("memory/search", "");
  const [dialog, setDialog] = useState(null); // {kind, pair}
  const pages = usePages((cursor) => memory.list({ query: words, limit: PAGE, cursor }), [words]);
  const close = () => setDialog(null);
  const done = () => {
    close();
    pages.reload();
  };
  const [remove, removing] = useAction(async () => {
    await memory.remove(dialog.pair.pairId);
    done();
  });
  const columns = [t("terms.source"), t("memory.target"), t("terms.languages"), t("memory.learned")];
  const row = (pair) => html`<tr key=${pair.pairId}><${Texts} item=${pair} />
    <td data-name=${t("memory.learned")}><a href=${link("media", pair.mediaId)} title=${moment(pair.updatedAt)}>${ago(pair.updatedAt, now)}</a>${pair.taughtBy && html` <span class="note">${pair.taughtBy}</span>`}</td>
    <${Acts} item=${pair} onEdit=${() => setDialog({ kind: "pair", pair })} onDelete=${() => setDialog({ kind: "delete", pair })} /></tr>`;
  return html`<section class="card stack" aria-labelledby="memory"><div class="card-head"><h2 id="memory">${t("memory.title")}</h2></div>
    <p class="note">${t("memory.lead")}</p><${Search} label=${t("memory.search")} onWords=${setWords} />
    <${List} ...${{ pages, words }} empty=${html`<${Empty} icon="subtitles" title=${t("memory.empty")}><p>${t("memory.emptyText")}</p><//>`}><${Table} id="memory" ...${{ pages, columns, row }} /><//>
    ${dialog?.kind === "pair" && html`<${PairForm} pair=${dialog.pair} onClose=${close} onDone=${done} />`}
    ${dialog?.kind === "delete" && html`<${Confirm} title=${t("memory.deleteTitle")} text=${t("memory.deleteText", { source: dialog.pair.source })} verb=${t("ui.delete")} ...${removing} onYes=${remove} onClose=${close} />`}</section>`;
}

export const Translation = () => html`<div class="stack"><${Glossary} /><${Memory} /></div>`;
