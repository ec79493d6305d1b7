/** Add videos: files from this computer, or links, one a line. A link makes a download behind it. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { jobs, newKey } from "../api.js";
import { useAction } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { standing, trouble } from "../jobwords.js";
import { link } from "../router.js";
import { Button, Field, FileField, LinkButton, Page, Progress, Trouble } from "../ui.js";
import { linesOf } from "../uploads/links.js";
import * as queue from "../uploads/queue.js";
import { applied, hasEnded, watch } from "../watch.js";

await useWords("uploads");

export const name = "video";

const ENGINE = "media-downloader";
const OPTIONS = { mode: "full", maxHeight: 1080, thumbnail: true };

/** A link that was taken: its download, as it goes on. */
function Added({ url, job }) {
  const ended = hasEnded(job);
  const problem = trouble(job);
  return html`<li class="row"><span class="row-text"><strong class="clip" title=${url}>${url}</strong>
      <span class=${problem ? "form-error" : "note"}>${problem || (job.status === "completed" ? t("video.added") : standing(job, Date.now()) || t("video.fetching"))}</span>
      ${!ended && html`<${Progress} value=${job.progress > 0 ? job.progress : null} label=${t("video.fetching")} />`}</span>
    <${LinkButton} kind="quiet" small href=${link("media", job.mediaId)}>${t("video.open")}<//></li>`;
}

/** The links of this visit, and the form for more; lines that are refused stay in it, with the reason of each. */
function Links() {
  const [text, setText] = useState("");
  const [faults, setFaults] = useState([]);
  const [added, setAdded] = useState([]); // [{url, job}], newest first.
  const [keys] = useState(() => new Map()); // url -> key, so that a line that is sent twice is one download.
  const going = added.map(({ job }) => job.jobId + job.status).join();
  useEffect(() => watch(added.map(({ job }) => job), (message) =>
    setAdded((before) => before.map((one) => (one.job.jobId === message.jobId ? { ...one, job: applied(one.job, message) } : one)))), [going]);
  useEffect(() => {
    // Here a link that is pasted past the field is one more, and no recipe.
    const paste = (event) => {
      const pasted = event.clipboardData?.getData("text/plain") ?? "";
      if (event.target.closest?.("input, textarea, dialog") || !linesOf(pasted).some(({ url }) => url)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      setText((before) => [before.trimEnd(), pasted.trim()].filter(Boolean).join("\n"));
    };
    document.addEventListener("paste", paste, true);
    return () => document.removeEventListener("paste", paste, true);
  }, []);
  const [submit, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    const lines = linesOf(text);
    if (!lines.length) return setFaults([t("video.noLinks")]);
    const refused = []; // [{line, text, fault}]
    for (const { line, text: said, url } of lines) {
      if (!url) refused.push([said, (at) => t("video.badLine", { line: at, text: said })]);
      else {
        try {
          keys.set(url, keys.get(url) ?? newKey());
          const job = await jobs.create({ engine: ENGINE, options: { url, ...OPTIONS } }, keys.get(url));
          keys.delete(url);
          setAdded((before) => [{ url, job }, ...before]);
        } catch (problem) {
          refused.push([said, (at) => t("video.refusedLine", { line: at, reason: problem.message })]);
        }
      }
    }
    // What is left are the refused lines alone, which count anew.
    setText(refused.map(([said]) => said).join("\n"));
    return setFaults(refused.map(([, fault], index) => fault(index + 1)));
  });
  return html`<form class="card stack" aria-labelledby="links" onSubmit=${submit} novalidate><h2 id="links">${t("video.links")}</h2>
      <${Field} label=${t("video.linksField")} note=${t("video.linksNote")} control=${(id, about) => html`<textarea id=${id} aria-describedby=${about} rows="5" spellcheck="false"
        inputmode="url" placeholder="https://…" aria-invalid=${faults.length ? "true" : undefined} value=${text} onInput=${(event) => setText(event.target.value)}></textarea>`} />
      ${faults.length > 0 && html`<div class="form-error" role="alert"><ul>${faults.map((fault) => html`<li key=${fault}>${fault}</li>`)}</ul></div>`}
      <${Trouble} error=${error} />
      <div class="actions"><${Button} kind="primary" type="submit" icon="download" busy=${busy}>${t("video.add")}<//></div>
      ${added.length > 0 && html`<ul class="rows" role="list" aria-label=${t("video.added")}>${added.map((one) => html`<${Added} key=${one.job.jobId} ...${one} />`)}</ul>`}</form>`;
}

export function View() {
  const take = (files, field) => {
    queue.add(files);
    field.value = ""; // The same file may be chosen again.
  };
  return html`<${Page} back=${[t("nav.library"), link("library")]} title=${t("library.add")} lead=${t("video.lead")}>
    <div class="columns"><section class="card stack" aria-labelledby="files"><h2 id="files">${t("video.files")}</h2>
        <${FileField} label=${t("video.choose")} note=${t("video.chooseNote")} accept="video/*,audio/*,.mkv,.mka" multiple onFiles=${take} icon="film" /></section>
      <${Links} /></div><//>`;
}
