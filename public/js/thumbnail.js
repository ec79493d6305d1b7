/** The picture of a media in lists: a small one that is kept with it, never its video. */
import { html, useState } from "../vendor/htm-preact.js";
import { media as api } from "./api.js";
import { timecode } from "./format.js";
import { Icon } from "./ui.js";
import { givePicture } from "./uploads/poster.js";

// Pictures of sites may be as large; a small one takes their place once.
const LARGE_BYTES = 80_000;
const LARGE_PIXELS = 640;

let shrinking = Promise.resolve();

/** One after the other, and behind what is being done. */
const shrink = (mediaId, image) => {
  shrinking = shrinking.then(() => givePicture(mediaId, image)).catch(() => {});
};

export function Thumbnail({ item }) {
  const [failed, setFailed] = useState(false);
  const { thumbnail } = item.inputs ?? {};
  const onLoad = ({ target }) => thumbnail.sizeBytes > LARGE_BYTES && target.naturalWidth > LARGE_PIXELS && shrink(item.mediaId, target);
  return html`<span class="thumb">${thumbnail && !failed
    ? html`<img alt="" width="400" height="225" loading="lazy" decoding="async" src=${api.contentPath(item.mediaId, thumbnail.inputId)} onLoad=${onLoad} onError=${() => setFailed(true)} />`
    : html`<${Icon} name="film" />`}${item.durationS > 0 && html`<span class="thumb-length">${timecode(item.durationS * 1000, { millis: false })}</span>`}</span>`;
}
