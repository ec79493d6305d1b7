/** One media: its video, the versions of its subtitles and comments, and what was made of it. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { JOBS_PAGE } from "../addresses.js";
import { jobs as jobsApi, media as api } from "../api.js";
import { EncodingChoice, asksForEncoding } from "../encodings.js";
import { cancel, forgetKept, useKept } from "../drafts/kept.js";
import { ago, duration, fileType, moment, shortTitle, size } from "../format.js";
import { useAction, useLoaded, useNow } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { InTrash } from "../library/intrash.js";
import { putIntoTrash } from "../library/undo.js";
import { JobRow } from "../jobrow.js";
import { LanguageSelect, languageOptions } from "../languages.js";
import { Player } from "../player.js";
import { readVersion } from "../reading.js";
import { go, link } from "../router.js";
import { SUBTITLE_FILES } from "../source.js";
import { Badge, Button, Dialog, Empty, FileField, LinkButton, Page, Progress, SelectField, Skeletons, TextField, Trouble, announce } from "../ui.js";
import { describe } from "../uploads/poster.js";
import { whole } from "../uploads/queue.js";
import { applied, hasEnded, watch, watchMedia } from "../watch.js";

await useWords("results");

export const name = "media";
const DOWNLOADER = "media-downloader";

/** Make the picture of a media that has a video and none, once. */
function usePicture({ mediaId, inputs }, user) {
  const { video, thumbnail } = inputs;
  const isWanted = Boolean(video && !thumbnail && user.scopes.some((scope) => scope !== "read"));
  useEffect(() => {
    if (!isWanted) return;
    describe(api.contentPath(mediaId, video.inputId))
      .then(({ picture }) => picture && api.putThumbnail(mediaId, picture))
      .catch(() => {}); // A list shows a sign in its place.
  }, [isWanted]);
}

function Video({ item, cues, fetching, user, onChanged }) {
  const { video } = item.inputs;
  const [share, setShare] = useState(0);
  const [upload, { busy, error }] = useAction(async (file) => {
    await whole(file, { mediaId: item.mediaId, onShare: setShare });
    onChanged();
  });
  usePicture(item, user);
  if (!video && fetching) {
    return html`<section class="card stack"><${Empty} icon="download" title=${t("media.fetching")}><p>${t("media.fetchingText")}</p><//>
      <${Progress} value=${fetching.progress > 0 ? fetching.progress : null} label=${t("media.fetching")} /></section>`;
  }
  if (video) {
    return html`<${Player} src=${api.contentPath(item.mediaId, video.inputId)} cues=${cues} label=${item.title} />`;
  }
  return html`<section class="card stack"><${Empty} icon="film" title=${t("media.noVideo")}><p>${t("media.noVideoText")}</p><//>
    <${Trouble} error=${error} />
    ${busy ? html`<${Progress} value=${share} label=${t("upload.video")} />` : html`<${FileField} label=${t("upload.video")} accept="video/*" onFile=${upload} />`}</section>`;
}

/** The versions of one slot, with a file to add and an older one to go back to. */
function Versions({ item, slot, accept, put, onChanged, edit }) {
  const now = useNow();
  const loaded = useLoaded(() => api.versions(item.mediaId, slot), [item.mediaId, slot]);
  const newest = useRef(item.inputs[slot]?.inputId);
  useEffect(() => {
    // Another page, or a job, has added one.
    if (newest.current !== item.inputs[slot]?.inputId) loaded.reload();
    newest.current = item.inputs[slot]?.inputId;
  }, [item.inputs[slot]?.inputId]);
  const after = async () => {
    await loaded.reload();
    onChanged();
  };
  const [spoken, setSpoken] = useState(""); // The language of the next file.
  const [unsure, setUnsure] = useState(null); // {file, reading} of a file whose encoding may be another.
  const [add, adding] = useAction(async (file, encoding) => {
    setUnsure(null);
    try {
      const stored = await put(item.mediaId, file, encoding, spoken);
      if (stored.encodingGuessed || encoding) setUnsure({ file, reading: stored });
    } catch (error) {
      if (asksForEncoding(error)) setUnsure({ file });
      throw error;
    }
    await after();
    announce(t("media.versionAdded"));
  });
  const [speak, speaking] = useAction(async (version, tag) => {
    await api.setLanguage(item.mediaId, version.inputId, tag);
    await after();
    announce(t("language.saved"));
  });
  const [restore, restoring] = useAction(async (version) => {
    await api.restore(item.mediaId, version.inputId);
    await after();
    announce(t("media.versionRestored"));
  });
  const versions = loaded.data?.items ?? (item.inputs[slot] ? [{ ...item.inputs[slot], current: true }] : []);
  const kind = slot === "subtitles" ? "subtitles" : "comments";
  return html`<section class="card stack" aria-labelledby=${`versions-${slot}`}>
    <div class="card-head"><h2 id=${`versions-${slot}`}>${t(`slot.${kind}`)}</h2>${edit}</div>
    <${Trouble} error=${adding.error ?? restoring.error ?? speaking.error} />
    ${loaded.error && loaded.error.status !== 404 && html`<${Trouble} error=${loaded.error} onRetry=${loaded.reload} />`}
    ${versions.length === 0
      ? html`<p class="muted">${loaded.loading ? t("ui.loading") : t(`media.no_${kind}`)}</p>`
      : html`<ul class="rows" role="list">${versions.map((version, index) => html`<li class="row" key=${version.inputId}>
          <span class="row-text"><strong>${t("media.version", { n: versions.length - index })}</strong>
            <span class="note" title=${moment(version.createdAt)}>${[ago(version.createdAt, now), fileType(version.contentType), size(version.sizeBytes), cameFrom(version, versions),
              version.usedByJobs ? t("media.used", { n: version.usedByJobs }) : ""].filter(Boolean).join(" · ")}</span>
            ${kind === "subtitles" && html`<${LanguageSelect} label=${t("language.of", { n: versions.length - index })} value=${version.language}
              disabled=${speaking.busy} onValue=${(tag) => speak(version, tag)} />
            <details><summary>${t("media.exportVersion", { n: versions.length - index })}</summary><span class="actions">${["vtt", "srt", "ass", "txt"].map((format) =>
              html`<a class="button quiet small" key=${format} href=${api.exportPath(item.mediaId, version.inputId, format)} download>${format.toUpperCase()}</a>`)}</span></details>`}</span>
          <a class="button quiet small" href=${api.contentPath(item.mediaId, version.inputId)} target="_blank" rel="noopener"
            aria-label=${t("media.openVersion", { n: versions.length - index })}>${t("ui.open")}</a>
          ${version.current ? html`<${Badge} tone="good">${t("media.current")}<//>`
            : html`<${Button} small busy=${restoring.busy} onClick=${() => restore(version)}
                aria-label=${t("media.restoreVersion", { n: versions.length - index })}>${t("media.restore")}<//>`}</li>`)}</ul>`}
    ${kind === "subtitles" && versions.length > 1 && html`<div><${LinkButton} small icon="split" href=${link("media", item.mediaId, "compare")}>${t("media.compare")}<//></div>`}
    ${kind === "subtitles" && html`<${SelectField} label=${t("language.next")} value=${spoken} options=${languageOptions("")} onValue=${setSpoken} />`}
    <${FileField} label=${t(`media.add_${kind}`)} note=${t(`media.add_${kind}_note`)} accept=${accept} onFile=${(file) => add(file)} name=${adding.busy ? t("ui.loading") : undefined} />
    ${unsure && !adding.busy && html`<${EncodingChoice} reading=${unsure.reading} onEncoding=${(name) => add(unsure.file, name)} />`}</section>`;
}

/** Where a version of subtitles comes from, and which one it was made of. */
function cameFrom({ origin, parent }, versions) {
  if (!origin) return "";
  const at = versions.findIndex((version) => version.inputId === parent);
  return at < 0 ? t(`origin.${origin}`) : t("origin.of", { origin: t(`origin.${origin}`), n: versions.length - at });
}

function Results({ item, loaded }) {
  const now = useNow();
  const list = loaded.data?.items;
  const running = (list ?? []).map((job) => job.jobId + job.status).join();
  useEffect(() => {
    if (!list) return undefined;
    const onJob = (message) => loaded.set((data) => ({ ...data, items: data.items.map((job) => (job.jobId === message.jobId ? applied(job, message) : job)) }));
    return watch(list, onJob);
  }, [running]);
  return html`<section class="card" aria-labelledby="results"><div class="card-head"><h2 id="results">${t("media.jobs")}</h2>
      ${list?.length > 0 && html`<a href=${link("jobs", { media: item.mediaId })}>${t("filter.allOf")}</a>`}</div>
    <${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    ${!list && !loaded.error && html`<${Skeletons} count=${2} />`}
    ${list?.length === 0 && html`<p class="muted">${t("media.noJobs")}</p>`}
    ${list?.length > 0 && html`<ul class="job-rows" role="list">${list.map((job) => html`<${JobRow} key=${job.jobId} ...${{ job, now, title: item.title }} />`)}</ul>`}</section>`;
}

function Rename({ item, onClose, onDone }) {
  const kept = `media/${item.mediaId}/title`;
  const [title, setTitle] = useKept(kept, item.title);
  const [save, { busy, error }] = useAction(async (event) => {
    event.preventDefault();
    await api.rename(item.mediaId, title.trim());
    forgetKept(kept);
    onDone();
  });
  return html`<${Dialog} title=${t("media.rename")} onClose=${onClose}><form class="stack" onSubmit=${save}>
    <${Trouble} error=${error} /><${TextField} label=${t("media.name")} value=${title} maxlength="300" required onValue=${setTitle} />
    <div class="actions end"><${Button} onClick=${cancel(kept, onClose)}>${t("ui.cancel")}<//><${Button} kind="primary" type="submit" busy=${busy}>${t("ui.save")}<//></div></form><//>`;
}

function Head({ item, onChanged }) {
  const [dialog, setDialog] = useState("");
  const [remove, removing] = useAction(async () => {
    await putIntoTrash([item.mediaId]);
    go("library");
  });
  return html`${dialog === "rename" && html`<${Rename} item=${item} onClose=${() => setDialog("")} onDone=${() => {
      setDialog("");
      onChanged();
    }} />`}
    <${Button} icon="edit" onClick=${() => setDialog("rename")}>${t("media.rename")}<//>
    ${!item.trashedAt && html`<${Button} icon="trash" busy=${removing.busy} onClick=${remove}>${t("trash.move")}<//>`}<${Trouble} error=${removing.error} />`;
}

export function View({ route, user }) {
  const mediaId = route.segments[1];
  const loaded = useLoaded(() => api.get(mediaId), [mediaId]);
  const item = loaded.data;
  const subtitles = item?.inputs.subtitles?.inputId;
  const made = useLoaded(() => jobsApi.list({ mediaId, limit: JOBS_PAGE }), [mediaId]);
  const text = useLoaded(async () => (subtitles ? (await readVersion(mediaId, subtitles)).cues : []), [subtitles]);
  useEffect(() => watchMedia((changed) => {
    if (changed !== null && changed !== mediaId) return;
    loaded.reload();
    made.reload();
  }), [mediaId]);
  const back = [t("nav.library"), link("library")];
  if (!item) {
    return html`<${Page} back=${back} title=${loaded.error ? t("error.title") : t("ui.loading")}>
      <${Trouble} error=${loaded.error} onRetry=${loaded.reload} />${!loaded.error && html`<${Skeletons} kind="block" count=${1} />`}<//>`;
  }
  const { video } = item.inputs;
  const fetching = made.data?.items.find((job) => job.engine === DOWNLOADER && !hasEnded(job));
  const hasWords = made.data?.items.some((job) => job.status === "completed" && job.artifacts?.words);
  const make = (kind) => link("new", kind, { media: mediaId });
  return html`<${Page} back=${back} title=${shortTitle(item.title)} lead=${[item.site?.channel, t("media.added", { when: moment(item.createdAt) }), item.durationS > 0 && duration(item.durationS * 1000), video && size(video.sizeBytes)].filter(Boolean).join(" · ")}
      actions=${html`<${Head} item=${item} onChanged=${loaded.reload} />`}>
    <${InTrash} item=${item} onChanged=${loaded.reload} /><div class="columns"><div class="stack"><${Video} ...${{ item, fetching, user }} cues=${text.data ?? []} onChanged=${loaded.reload} /><${Results} item=${item} loaded=${made} /></div>
      <div class="stack">
        <section class="card stack" aria-labelledby="make"><h2 id="make">${t("media.make")}</h2>
          <div class="choices-list">
            <${LinkButton} kind="primary" icon="subtitles" href=${make("burn")}>${t("media.burn")}<//>
            <${LinkButton} icon="comments" href=${make("comments")}>${t("media.comments")}<//>
            <${LinkButton} icon="play" href=${make("recipe")}>${t("media.recipe")}<//>
            <${LinkButton} icon="wave" href=${make("transcribe")}>${t("media.transcribe")}<//></div></section>
        <${Versions} item=${item} slot="subtitles" accept=${SUBTITLE_FILES} put=${api.putSubtitles} onChanged=${loaded.reload}
          edit=${html`<span class="actions">${hasWords && html`<${LinkButton} small icon="wave" href=${link("media", mediaId, "transcript")}>${t("media.transcript")}<//>`}
            <${LinkButton} small icon="edit" href=${link("media", mediaId, "subtitles")}>${t("media.edit")}<//></span>`} />
        <${Versions} item=${item} slot="comments-data" accept=".json,application/json" put=${api.putComments} onChanged=${loaded.reload} />
        ${item.sourceUrl && html`<section class="card"><h2>${t("media.source")}</h2><p class="note"><a href=${item.sourceUrl} rel="noopener noreferrer" target="_blank">${item.sourceUrl}</a></p></section>`}
      </div></div><//>`;
}
