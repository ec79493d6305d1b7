/** Wire values in words: engines, statuses, sizes, times. Pure. */

const ENGINES = {
  "media-downloader": { name: "Download", running: "Downloading" },
  "burner-ffmpeg": { name: "Burn subtitles", running: "Burning subtitles" },
  "renderer-remotion": { name: "Comments video", running: "Composing" },
};
const STATUSES = {
  queued: "Waiting",
  fetching_metadata: "Looking it up",
  preparing: "Preparing",
  uploading: "Saving the result",
  completed: "Done",
  failed: "Failed",
  canceled: "Canceled",
};
const TONES = { queued: "wait", completed: "good", failed: "bad", canceled: "off" };
const SLOTS = {
  video: "Video",
  audio: "Audio for transcription",
  audioSource: "Original audio",
  metadata: "Metadata",
};

const GAP = "\u00a0"; // A number and its unit stay on one line.
const FILE_TYPES = { "x-matroska": "MKA", plain: "text" };

/** `audio/x-matroska` as people write it: MKA. */
export function fileType(contentType) {
  const subtype = contentType.split(";")[0].split("/").at(-1);
  return FILE_TYPES[subtype] ?? subtype.replace(/^x-/, "").toUpperCase();
}

export const hasEnded = (job) => ["completed", "failed", "canceled"].includes(job.status);
export const engineName = (engine) => ENGINES[engine]?.name ?? engine;
export const slotName = (slot) => SLOTS[slot] ?? slot;
export const tone = (status) => TONES[status] ?? "run";

export function statusName(job) {
  if (job.status === "running") return ENGINES[job.engine]?.running ?? "Running";
  return STATUSES[job.status] ?? job.status;
}

/** A title as people know it: an address becomes its last part and its host. */
export function shortTitle(title) {
  let url;
  try {
    url = new URL(title);
  } catch {
    return title;
  }
  if (!/^https?:$/.test(url.protocol)) return title;
  const last = url.pathname.split("/").filter(Boolean).at(-1);
  if (!last) return url.host;
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // It is no encoded text: shown as it is.
  }
  return `${name} – ${url.host}`;
}

/** Decimal units, as file managers show them. */
export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 9.95 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}${GAP}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}${GAP}min ${seconds % 60}${GAP}s`;
  return `${Math.floor(minutes / 60)}${GAP}h ${minutes % 60}${GAP}min`;
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function ago(ms, nowMs) {
  const seconds = Math.round((nowMs - ms) / 1000);
  if (seconds < 45) return "just now";
  if (seconds < 45 * 60) return relative.format(-Math.max(1, Math.round(seconds / 60)), "minute");
  if (seconds < 22 * 3600) return relative.format(-Math.round(seconds / 3600), "hour");
  if (seconds < 26 * 86400) return relative.format(-Math.round(seconds / 86400), "day");
  return new Date(ms).toLocaleDateString("en", { dateStyle: "medium" });
}

export const moment = (ms) =>
  new Date(ms).toLocaleString("en", { dateStyle: "medium", timeStyle: "medium" });

/** What went wrong or holds the job up, in one sentence; empty when nothing does. */
export function trouble(job) {
  if (job.status === "failed") return job.error?.message || "It failed without a reason.";
  if (hasEnded(job)) return "";
  if (job.error?.message) return `An attempt failed: ${job.error.message} Trying again.`;
  if (!job.accepted && job.handoverError) return "Not started yet: the orchestrator cannot be reached. Trying again.";
  return "";
}
