/** The length of a video and a picture of it for lists, taken out of it by the browser. */
import { media } from "../api.js";

const WIDTH = 400;
const HEIGHT = 400;
const QUALITY = 0.65;
const LATEST_S = 10; // Films begin black; a picture from further on needs more of the file.
const PATIENCE_MS = 20_000;

/** `{durationS, picture}` of a file or of what is at an address: null for what this browser can't read. */
export async function describe(source) {
  const url = typeof source === "string" ? source : URL.createObjectURL(source);
  const video = Object.assign(document.createElement("video"), { muted: true, preload: "auto", playsInline: true });
  try {
    await happened(video, "loadedmetadata", () => {
      video.src = url;
    });
    const durationS = Number.isFinite(video.duration) && video.duration > 0 ? video.duration : null;
    const seek = () => {
      video.currentTime = Math.min((durationS ?? 0) * 0.1, LATEST_S);
    };
    const picture = video.videoWidth ? await happened(video, "seeked", seek).then(() => pictureOf(video)).catch(() => null) : null;
    return { durationS, picture };
  } catch {
    return { durationS: null, picture: null };
  } finally {
    video.removeAttribute("src");
    video.load();
    if (url !== source) URL.revokeObjectURL(url);
  }
}

/** What a video or an image shows, as a small WebP (JPEG where the browser makes none); null where it can't be read. */
export async function pictureOf(source) {
  const width = source.videoWidth ?? source.naturalWidth;
  const height = source.videoHeight ?? source.naturalHeight;
  if (!width || !height) return null;
  const scale = Math.min(1, WIDTH / width, HEIGHT / height);
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  const made = (type) => new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
  const picture = await made("image/webp");
  return picture?.type === "image/webp" ? picture : made("image/jpeg");
}

/** Give a media a picture that is taken of what is shown; nothing where this can't be. */
export async function givePicture(mediaId, source) {
  const picture = await pictureOf(source).catch(() => null);
  if (picture) await media.putThumbnail(mediaId, picture).catch(() => {});
}

function happened(target, name, begin) {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    target.addEventListener(name, resolve, { once: true });
    target.addEventListener("error", reject, { once: true });
    signal.addEventListener("abort", reject, { once: true });
    begin();
  });
}
