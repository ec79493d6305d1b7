/** What the tools of a running job say, asked for again every few seconds while it is open. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { jobs as api } from "../api.js";
import { t, useWords } from "../i18n.js";
import { Trouble } from "../ui.js";

await useWords("results");

const AGAIN_MS = 3000;

function Lines({ job }) {
  const [log, setLog] = useState(null);
  const [error, setError] = useState(null);
  const shown = useRef(null);
  useEffect(() => {
    let left = false;
    let timer = 0;
    const look = async () => {
      if (!document.hidden) {
        try {
          const found = await api.log(job.jobId);
          if (left) return;
          setLog(found);
          setError(null);
        } catch (problem) {
          if (!left) setError(problem);
        }
      }
      if (!left) timer = setTimeout(look, AGAIN_MS);
    };
    look();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [job.jobId, job.attempt]);
  useEffect(() => {
    // Who has scrolled up reads; who has not wants the end.
    const box = shown.current;
    if (box && box.scrollHeight - box.scrollTop - box.clientHeight < 80) box.scrollTop = box.scrollHeight;
  }, [log]);
  if (!log) return html`<${Trouble} error=${error} />${!error && html`<p class="note" role="status">${t("ui.loading")}</p>`}`;
  return html`<${Trouble} error=${error} />${log.lines.length > 0
    ? html`<pre class="tool-log" tabindex="0" ref=${shown} aria-label=${t("log.title")}>${log.lines.join("\n")}</pre>`
    : html`<p class="note">${t(`log.${log.missing ?? "nothing"}`)}</p>`}`;
}

export function Log({ job }) {
  const [open, setOpen] = useState(false);
  return html`<details class="card" onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${t("log.title")}</summary>${open && html`<${Lines} job=${job} />`}</details>`;
}
