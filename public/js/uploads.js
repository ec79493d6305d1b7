/** Uploads of videos straight to the bucket: one PUT, or many parts; with progress. */
import { ApiError, media } from "./api.js";
import { t } from "./i18n.js";

const ATTEMPTS = 4;
const PARALLEL = 3;
const PARTS_ASKED = 20;

/** `{contentType, sizeBytes}` of a file: what the app wants to know before an upload. */
export function announce(file) {
  const known = { mkv: "video/x-matroska", mov: "video/quicktime", webm: "video/webm", avi: "video/x-msvideo" };
  const suffix = file.name.split(".").at(-1).toLowerCase();
  const contentType = file.type.startsWith("video/") ? file.type : (known[suffix] ?? "video/mp4");
  return { contentType, sizeBytes: file.size };
}

/** Upload `file` as the media's video. `onProgress` gets the share that is there, 0 to 1. */
export async function uploadVideo(mediaId, file, { onProgress = () => {}, signal } = {}) {
  const upload = await media.beginUpload(mediaId, announce(file));
  try {
    if (upload.url) {
      await retried(() => put(upload, file, (sent) => onProgress(sent / file.size), signal), signal);
      return await media.completeUpload(mediaId, upload.uploadId, {});
    }
    const parts = await putParts(mediaId, upload, file, { onProgress, signal });
    return await media.completeUpload(mediaId, upload.uploadId, { parts });
  } catch (error) {
    if (!upload.url) media.abortUpload(mediaId, upload.uploadId).catch(() => {});
    throw error;
  }
}

async function putParts(mediaId, { uploadId, partSizeBytes, partCount }, file, { onProgress, signal }) {
  const sent = new Array(partCount).fill(0);
  const done = [];
  const numbers = Array.from({ length: partCount }, (_, index) => index + 1);
  const report = (number, bytes) => {
    sent[number - 1] = bytes;
    onProgress(sent.reduce((sum, part) => sum + part, 0) / file.size);
  };
  while (numbers.length) {
    // Few at a time: the links of parts live for a limited time.
    const asked = numbers.splice(0, PARTS_ASKED);
    const { parts } = await media.uploadParts(mediaId, uploadId, asked);
    const lane = async () => {
      for (let part = parts.shift(); part; part = parts.shift()) {
        const { partNumber } = part;
        const from = (partNumber - 1) * partSizeBytes;
        const slice = file.slice(from, Math.min(from + partSizeBytes, file.size));
        const one = part;
        const etag = await retried(() => put(one, slice, (bytes) => report(partNumber, bytes), signal), signal);
        done.push({ partNumber, etag });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
  }
  return done.sort((a, b) => a.partNumber - b.partNumber);
}

async function retried(action, signal) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (signal?.aborted || attempt === ATTEMPTS || (error.status >= 400 && error.status < 500)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
}

/** PUT a blob; its ETag. XMLHttpRequest, because fetch cannot tell how much has been sent. */
function put({ url, method = "PUT", headers = {} }, blob, onBytes, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      // The browser sets these itself.
      if (!["host", "content-length"].includes(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", (event) => onBytes(event.loaded));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request.getResponseHeader("etag") ?? "");
      else reject(new ApiError(request.status, "upload_refused", t("error.uploadRefused", { status: request.status })));
    });
    request.addEventListener("error", () => reject(new ApiError(0, "upload_failed", t("error.uploadFailed"))));
    request.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    signal?.addEventListener("abort", abort, { once: true });
    request.send(blob);
  });
}
