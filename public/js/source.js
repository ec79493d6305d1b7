/** What a new job works on: a media of the library, or files from this computer. */
import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { media as api } from "./api.js";
import { useKept } from "./drafts/kept.js";
import { shortTitle } from "./format.js";
import { EncodingChoice, asksForEncoding } from "./encodings.js";
import { useAction, useLoaded } from "./hooks.js";
import { t } from "./i18n.js";
import { NO_SUBTITLES, readSubtitles } from "./reading.js";
import { FileField, Progress, SelectField, Trouble } from "./ui.js";
import { isSound, isVideo } from "./uploads/files.js";
import { whole } from "./uploads/queue.js";

const CHOICES = 100;

export { isSound, isVideo };
/** The names of files of subtitles, as a file field takes them. */
export const SUBTITLE_FILES = ".vtt,.srt,.ass,.ssa,.sbv,.lrc,.ttml,.dfxp,.sub,.json3,.srv1,.srv2,.srv3,text/vtt";

export const isSubtitles = (file) => SUBTITLE_FILES.split(",").some((end) => file.name.toLowerCase().endsWith(end));
export const isComments = (file) => /\.json$/i.test(file.name);

/**
 * The state of what is worked on: `{item, src, file, text, subtitles, ...}`; `subtitles` as
 * `readSubtitles` answers.
 *
 * A file is shown at once from this computer; it is uploaded when the job is submitted. `kept`: under which prefix the form
 * keeps what was chosen.
 */
export function useSource(mediaId, slot, kept) {
  const list = useLoaded(() => api.list({ limit: CHOICES }), []);
  const [chosen, setChosen] = useKept(`${kept}media`, mediaId ?? "");
  const [video, setVideo] = useKept(`${kept}video`, null);
  const [attachment, setAttachment] = useKept(`${kept}text`, null); // {name, text, file, subtitles, doubtful, unread} from a file.
  const [attach, attaching] = useAction(async (file, encoding) => {
    try {
      setAttachment(await readText(file, slot, encoding));
    } catch (error) {
      if (asksForEncoding(error)) setAttachment({ name: file.name, text: "", file, unread: true });
      throw error;
    }
  });
  const item = useLoaded(async () => (chosen ? api.get(chosen) : null), [chosen]);
  const input = item.data?.inputs[slot];
  const stored = useLoaded(async () => {
    const text = input ? await api.text(chosen, input.inputId) : null;
    return text && slot === "subtitles" ? readSubtitles(text) : { text };
  }, [chosen, input?.inputId]);
  const [local, setLocal] = useState("");
  useEffect(() => {
    if (!video) return undefined;
    const url = URL.createObjectURL(video);
    setLocal(url);
    return () => URL.revokeObjectURL(url);
  }, [video]);
  const known = item.data?.inputs.video;
  return {
    list,
    chosen,
    choose: (value) => {
      setChosen(value);
      setVideo(null);
      setAttachment(null);
    },
    item: item.data,
    error: item.error ?? stored.error ?? attaching.error,
    video,
    setVideo,
    attach: (file) => attach(file),
    setEncoding: (name) => attach(attachment.file, name),
    attachment,
    src: video ? local : known ? api.contentPath(chosen, known.inputId) : "",
    text: attachment?.text ?? stored.data?.text ?? "",
    subtitles: attachment ? attachment.subtitles ?? NO_SUBTITLES : stored.data?.cues ? stored.data : NO_SUBTITLES,
    hasVideo: Boolean(video || known),
    hasText: Boolean(attachment || input),
  };
}

/** A file's `{name, text, file}`; of subtitles also what they are, and whether the encoding is `doubtful`. */
async function readText(file, slot, encoding) {
  if (slot !== "subtitles") return { name: file.name, text: await file.text(), file };
  const subtitles = await readSubtitles(file, encoding);
  const isDamaged = subtitles.notices.some(({ code }) => code === "characters_left_out");
  const doubtful = Boolean(encoding) || subtitles.encodingGuessed || isDamaged;
  return { name: file.name, text: subtitles.text, file, subtitles, doubtful };
}

/** Upload what is not there yet; the id of the media that the job is for. What is refused leaves nothing behind. */
export async function prepare(source, put, onShare) {
  const mediaId = source.video ? await whole(source.video, { mediaId: source.chosen || null, onShare }) : source.chosen;
  if (source.attachment) await put(mediaId, source.attachment.text);
  return mediaId;
}

/** Give dropped files to where they belong. */
export function useDrop(source, isText, isFilm = isVideo) {
  const [over, setOver] = useState(false);
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    for (const file of event.dataTransfer.files) {
      if (isFilm(file)) source.setVideo(file);
      else if (isText(file)) source.attach(file);
    }
  };
  return {
    class: over ? "drop over" : "drop",
    onDragOver: (event) => {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event) => event.currentTarget.contains(event.relatedTarget) || setOver(false),
    onDrop: drop,
  };
}

/** `kind`: of the text that is attached, `accept` its files; without a kind those of the video, and `label` its name. */
export function SourceFields({ source, kind, accept, label, share, children }) {
  const items = source.list.data?.items ?? [];
  const options = [["", t("source.own")], ...items.map((item) => [item.mediaId, shortTitle(item.title)])];
  if (source.item && !items.some((item) => item.mediaId === source.chosen)) options.push([source.chosen, shortTitle(source.item.title)]);
  return html`<section class="card stack" aria-labelledby="source"><h2 id="source">${t("source.title")}</h2>
    <${Trouble} error=${source.list.error ?? source.error} onRetry=${source.list.reload} />
    <${SelectField} label=${t("source.media")} value=${source.chosen} options=${options} onValue=${source.choose} />
    ${(!source.chosen || (source.item && !source.item.inputs.video)) && html`<${FileField} label=${label ?? t("upload.video")} accept=${kind ? "video/*,.mkv" : accept} onFile=${source.setVideo} name=${source.video?.name} icon="film" />`}
    ${kind && html`<${FileField} label=${t(`source.${kind}`)} note=${source.hasText && !source.attachment ? t("source.stored") : t(`source.${kind}_note`)} accept=${accept}
      onFile=${source.attach} name=${source.attachment?.name} icon=${kind} />`}
    ${(source.attachment?.doubtful || source.attachment?.unread) && html`<${EncodingChoice} reading=${source.attachment.subtitles} onEncoding=${source.setEncoding} />`}
    ${children}
    ${share !== null && html`<div class="stack"><p class="note" role="status">${t("upload.going", { share: Math.round(share * 100) })}</p><${Progress} value=${share} label=${t("upload.video")} /></div>`}</section>`;
}
