/** The picture of a media in lists: a small one that is kept with it, never its video. */
import { html, useState } from "../vendor/htm-preact.js";
import { media as api } from "./api.js";
import { timecode } from "./format.js";
import { Icon } from "./ui.js";
import { givePicture } from "./uploads/poster.js";

const LARGE_BYTES = 80_000; // Pictures of sites may be; a small one takes their place once.

let shrinking = Promise.resolve();

/** One after the other, and behind what is being done. */
const shrink = (mediaId, image) => {
  shrinking = shrinking.then(() => givePicture(mediaId, image)).catch(() => {});
};

export function Thumbnail({ item }) {
  const [failed, setFailed] = useState(false);
  const { thumbnail } = item.inputs ?? {};
  const onLoad = ({ target }) => thumbnail.sizeBytes > LARGE_BYTES && shrink(item.mediaId, target);
  return html`<span class="thumb">${thumbnail && !failed
    ? html`<img alt="" width="480" height="270" loading="lazy" decoding="async" src=${api.contentPath(item.mediaId, thumbnail.inputId)} onLoad=${onLoad} onError=${() => setFailed(true)} />`
    : html`<${Icon} name="film" />`}${item.durationS > 0 && html`<span class="thumb-length">${timecode(item.durationS * 1000, { millis: false })}</span>`}</span>`;
}
