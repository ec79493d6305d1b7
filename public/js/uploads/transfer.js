/** One file on its way into the bucket, in parts: what is there stays there, over pauses and reloads. */
import { ApiError, media } from "../api.js";
import { t } from "../i18n.js";
import { missingParts, spanOf } from "./files.js";

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 1000;
const STALLED_MS = 60_000; // So long without a byte, and the connection is given up.
const PARALLEL = 3;
const PARTS_ASKED = 6; // Few at a time: the links of parts live for an hour.

/**
 * Send the parts of `file` that `record.parts` lacks. `onBytes(sent)` gets the bytes that are there or on their way,
 * `onPart()` is called after each part that `record.parts` has got.
 */
export async function sendParts(record, file, { onBytes, onPart, signal }) {
  const { mediaId, uploadId, partSizeBytes, partCount, parts } = record;
  const missing = missingParts(partCount, parts);
  const going = new Map(); // part number -> bytes that have been sent of it.
  const stopped = new AbortController();
  const all = AbortSignal.any([signal, stopped.signal]);
  const report = () => {
    const done = Object.keys(parts).reduce((sum, number) => sum + lengthOf(Number(number), record), 0);
    onBytes([...going.values()].reduce((sum, bytes) => sum + bytes, done));
  };
  const one = async (number, granted) => {
    const slice = file.slice(...spanOf(number, partSizeBytes, record.size));
    const bytes = await slice.arrayBuffer();
    const renew = async () => (await media.uploadParts(mediaId, uploadId, [number])).parts[0];
    const sent = (count) => {
      going.set(number, count);
      report();
    };
    const etag = await retried(granted, renew, (place) => put(place, bytes, sent, all), all);
    going.delete(number);
    parts[number] = { etag, hash: await hashOf(bytes) };
    report();
    await onPart();
  };
  report();
  while (missing.length) {
    const numbers = missing.splice(0, PARTS_ASKED);
    const places = await waitingFor(() => media.uploadParts(mediaId, uploadId, numbers), all);
    const queue = places.parts;
    const lane = async () => {
      for (let place = queue.shift(); place; place = queue.shift()) await one(place.partNumber, place);
    };
    try {
      await Promise.all(Array.from({ length: PARALLEL }, lane));
    } catch (error) {
      stopped.abort(); // The other lanes have nothing left to do.
      throw error;
    }
  }
}

const lengthOf = (number, { partSizeBytes, size }) => {
  const [from, to] = spanOf(number, partSizeBytes, size);
  return to - from;
};

/** Whether `file` has the bytes of every part that is there already; `onShare` gets how much was compared. */
export async function hasSameParts(record, file, onShare, signal) {
  const known = Object.entries(record.parts).filter(([, { hash }]) => hash);
  for (const [at, [number, { hash }]] of known.entries()) {
    signal.throwIfAborted();
    const bytes = await file.slice(...spanOf(Number(number), record.partSizeBytes, record.size)).arrayBuffer();
    if ((await hashOf(bytes)) !== hash) return false;
    onShare((at + 1) / known.length);
  }
  return true;
}

/** SHA-256 as hex; "" where the page has no secure context. */
async function hashOf(bytes) {
  const digest = await globalThis.crypto?.subtle?.digest("SHA-256", bytes);
  return digest ? Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("") : "";
}

/** Try until it works, longer waits between; with a fresh link after a refusal, which may be of an old one. */
async function retried(granted, renew, action, signal) {
  let place = granted;
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action(place);
    } catch (error) {
      const isRefusal = error.status >= 400 && error.status < 500;
      if (signal.aborted || attempt === ATTEMPTS || (isRefusal && renewed)) throw error;
      if (isRefusal) {
        renewed = true;
        place = await waitingFor(renew, signal);
      } else await wait(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
    }
  }
}

/** Call the app; again while it does not answer. */
export async function waitingFor(action, signal) {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      if (attempt === ATTEMPTS || (error.status > 0 && error.status < 500)) throw error;
      await wait(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
    }
  }
}

/** Wait; while the browser knows that it is offline, until it is not. */
async function wait(ms, signal) {
  await new Promise((resolve, reject) => {
    const timer = navigator.onLine === false ? 0 : setTimeout(resolve, ms);
    if (!timer) addEventListener("online", resolve, { once: true, signal });
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

/** PUT bytes; their ETag. XMLHttpRequest, because fetch cannot tell how much has been sent. */
function put({ url, method = "PUT", headers = {} }, bytes, onBytes, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const request = new XMLHttpRequest();
    let timer = 0;
    const failed = () => reject(new ApiError(0, "upload_failed", t("error.uploadFailed")));
    const waits = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        failed();
        request.abort();
      }, STALLED_MS);
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      // The browser sets these itself.
      if (!["host", "content-length"].includes(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.upload.addEventListener("progress", (event) => {
      waits();
      onBytes(event.loaded);
    });
    request.addEventListener("loadend", () => clearTimeout(timer));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request.getResponseHeader("etag") ?? "");
      else reject(new ApiError(request.status, "upload_refused", t("error.uploadRefused", { status: request.status })));
    });
    request.addEventListener("error", failed);
    request.addEventListener("abort", () => reject(signal.reason ?? new DOMException("aborted", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    waits();
    request.send(bytes);
  });
}
