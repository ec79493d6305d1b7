/** All jobs: filters, live states, and actions on many at once. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { JOBS_PAGE } from "../addresses.js";
import { jobs as api } from "../api.js";
import { useAction, useNow, usePages } from "../hooks.js";
import { t } from "../i18n.js";
import { JobRow } from "../jobrow.js";
import { canRetry } from "../jobwords.js";
import { WorkTabs } from "../worktabs.js";
import { JobFilters } from "../results/filters.js";
import { isFiltered, jobsQuery } from "../results/jobfilters.js";
import { link } from "../router.js";
import { Button, Empty, LinkButton, More, Page, Skeletons, Trouble } from "../ui.js";
import { applied, hasEnded, watch } from "../watch.js";

export const name = "jobs";
const BULK_MAX = 100; // What the API takes at once.
const NEWEST_MS = 10_000;

/** The listed jobs with what has changed since, and jobs that are newer than the list. */
function useFollowed(pages, query) {
  const [changes, setChanges] = useState({});
  const [newer, setNewer] = useState([]);
  const listed = pages.items ?? [];
  const known = new Set(listed.map((job) => job.jobId));
  const merged = [...newer.filter((job) => !known.has(job.jobId)), ...listed].map((job) =>
    changes[job.jobId] && changes[job.jobId].updatedAt >= job.updatedAt ? { ...job, ...changes[job.jobId] } : job,
  );
  const open = merged.filter((job) => !hasEnded(job));
  const running = open.map((job) => job.jobId).join();
  useEffect(() => watch(open, (message) => setChanges((before) => ({ ...before, [message.jobId]: applied(before[message.jobId] ?? {}, message) }))), [running]);
  useEffect(() => {
    setNewer([]);
    const look = async () => {
      if (document.hidden) return;
      const page = await api.list({ ...query, limit: JOBS_PAGE }).catch(() => null);
      if (page) setNewer(page.items);
    };
    const timer = setInterval(look, NEWEST_MS);
    return () => clearInterval(timer);
  }, [JSON.stringify(query)]);
  return merged;
}

function Bulk({ chosen, jobs, onDone }) {
  const [run, { busy, error }] = useAction(async (verb) => {
    const items = [];
    for (let from = 0; from < chosen.length; from += BULK_MAX) {
      items.push(...(await api.bulk(verb, chosen.slice(from, from + BULK_MAX))).items);
    }
    const refused = items.filter((item) => item.problem).length;
    onDone(t("jobs.bulkDone", { n: items.length - refused, refused }));
  });
  const of = (test) => jobs.some((job) => chosen.includes(job.jobId) && test(job));
  return html`<div class="bulk" role="region" aria-label=${t("jobs.bulk")}><p role="status">${t("jobs.chosen", { n: chosen.length })}</p><${Trouble} error=${error} />
    <${Button} small icon="cross" busy=${busy} disabled=${!of((job) => !hasEnded(job))} onClick=${() => run("cancel")}>${t("job.cancel")}<//>
    <${Button} small icon="retry" busy=${busy} disabled=${!of(canRetry)} onClick=${() => run("retry")}>${t("job.retry")}<//>
    <${Button} small kind="quiet" onClick=${() => onDone("")}>${t("jobs.clear")}<//></div>`;
}

export function View({ route }) {
  const query = jobsQuery(route.query);
  const asked = JSON.stringify(query);
  const now = useNow(10_000);
  const pages = usePages((cursor) => api.list({ ...query, limit: JOBS_PAGE, cursor }), [asked], "jobs");
  const followed = useFollowed(pages, query);
  const [chosen, setChosen] = useState([]);
  const [said, setSaid] = useState("");
  useEffect(() => {
    setChosen([]);
    setSaid("");
  }, [asked]);
  const items = pages.items && followed;
  const select = (jobId) => (on) => setChosen((before) => (on ? [...before, jobId] : before.filter((one) => one !== jobId)));
  const all = items?.length > 0 && chosen.length === items.length;
  return html`<${Page} title=${t("jobs.title")} lead=${t("jobs.lead")}>
    <${WorkTabs} current="jobs" /><${JobFilters} query=${route.query} /><${Trouble} error=${pages.error} onRetry=${pages.reload} />
    ${chosen.length > 0 && html`<${Bulk} chosen=${chosen} jobs=${items} onDone=${(done) => {
      setChosen([]);
      setSaid(done);
      if (done) pages.reload();
    }} />`}
    ${said && !chosen.length && html`<p class="banner good" role="status">${said}</p>`}
    ${!items && !pages.error && html`<${Skeletons} count=${6} />`}
    ${items?.length === 0 && html`<${Empty} icon="jobs" title=${isFiltered(route.query) ? t("jobs.noneFound") : t("jobs.empty")}><p>${t("jobs.emptyText")}</p>
      <div class="actions"><${LinkButton} kind="primary" icon="plus" href=${link("new")}>${t("nav.new")}<//></div><//>`}
    ${items?.length > 0 && html`<section class="card list"><div class="list-head"><input type="checkbox" id="all" checked=${all}
        onChange=${() => setChosen(all ? [] : items.map((job) => job.jobId))} /><label for="all">${t("jobs.selectAll")}</label></div>
      <ul class="job-rows" role="list" aria-label=${t("jobs.title")}>${items.map((job) => html`<${JobRow} key=${job.jobId} ...${{ job, now, title: job.mediaTitle }}
        selected=${chosen.includes(job.jobId)} onSelect=${select(job.jobId)} />`)}</ul></section>`}
    <${More} pages=${pages} /><//>`;
}
