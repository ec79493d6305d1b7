/** The transcripts of a media beside its video. */
import { html, useRef } from "../../vendor/htm-preact.js";
import { jobs as jobsApi, media as api } from "../api.js";
import { moment, shortTitle } from "../format.js";
import { useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { Player } from "../player.js";
import { link, replace } from "../router.js";
import { Transcript } from "../transcript.js";
import { Empty, LinkButton, Page, SelectField, Skeletons, Trouble } from "../ui.js";

export const name = "transcript";

const JOBS = 100;

/** The jobs that have words to show, newest first. */
export const transcribed = (jobs) => jobs.filter((job) => job.status === "completed" && job.artifacts?.words);

export function View({ route }) {
  const mediaId = route.segments[1];
  const video = useRef(null);
  const loaded = useLoaded(async () => {
    const [item, page] = await Promise.all([api.get(mediaId), jobsApi.list({ mediaId, status: "completed", limit: JOBS })]);
    return { item, jobs: transcribed(page.items) };
  }, [mediaId]);
  const { item, jobs = [] } = loaded.data ?? {};
  const job = jobs.find(({ jobId }) => jobId === route.query.job) ?? jobs[0];
  const back = [item ? shortTitle(item.title) : t("nav.library"), item ? link("media", mediaId) : link("library")];
  const source = item?.inputs.video;
  return html`<${Page} back=${back} title=${t("transcript.title")} lead=${item && shortTitle(item.title)}><${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    ${!item && !loaded.error && html`<${Skeletons} kind="block" count=${1} />`}
    ${item && !job && html`<${Empty} icon="subtitles" title=${t("transcript.none")}><p>${t("transcript.noneText")}</p>
      <div class="actions"><${LinkButton} kind="primary" icon="subtitles" href=${link("new", "transcribe", { media: mediaId })}>${t("media.transcribe")}<//></div><//>`}
    ${job && html`<div class="reader"><div class="reader-view stack">${source && html`<${Player} src=${api.contentPath(mediaId, source.inputId)} videoRef=${video} label=${shortTitle(item.title)} />`}
        ${jobs.length > 1 && html`<${SelectField} label=${t("transcript.which")} value=${job.jobId} options=${jobs.map((one) => [one.jobId, moment(one.finishedAt)])}
          onValue=${(jobId) => replace("media", mediaId, "transcript", { job: jobId })} />`}</div>
      <${Transcript} key=${job.jobId} ...${{ job, item, video }} /></div>`}<//>`;
}
