/** Which steps make sense after a job (pure). */
import { link } from "../router.js";

const TRANSLATOR = "subtitle-translator";

/** The steps that make sense after `job`, the likeliest first: `[{key, icon, href, file?}]`. */
export function stepsAfter(job, engines) {
  const made = job.artifacts ?? {};
  const media = { media: job.mediaId };
  const track = { burn: { key: "burn", icon: "subtitles", href: link("new", "burn", media) }, edit: { key: "edit", icon: "edit", href: link("media", job.mediaId, "subtitles") } };
  const translate = engines.includes(TRANSLATOR) ? [{ key: "translate", icon: "globe", href: link("new", "translate", media) }] : [];
  const steps = [];
  if (job.engine === "media-downloader") {
    if (made.video) steps.push(track.burn, { key: "transcribe", icon: "wave", href: link("new", "transcribe", media) });
    if (made.comments) steps.push({ key: "comments", icon: "comments", href: link("new", "comments", media) });
    steps.push({ key: "media", icon: "film", href: link("media", job.mediaId) });
  } else if (job.engine === TRANSLATOR && made.subtitles) {
    steps.push({ key: "compare", icon: "split", href: link("media", job.mediaId, "compare") }, track.edit, track.burn);
  } else if (made.subtitles) {
    steps.push(track.edit, ...translate, track.burn);
  } else if (made.video) {
    steps.push({ key: "save", icon: "download", href: made.video.downloadUrl, file: true });
  }
  return steps;
}
