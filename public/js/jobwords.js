/** A job in words: names of engines, states, phases and outputs. */
import { duration, percent } from "./format.js";
import { has, t } from "./i18n.js";
import { hasEnded, pace } from "./watch.js";

export const ENGINES = { 
  "burner-ffmpeg": "subtitles",
  "renderer-remotion": "comments",
  "media-downloader": "download",
 };
export const STATUSES = ["queued", "fetching_metadata", "preparing", "running", "uploading", "completed", "failed", "canceled"];

/** An engine of a newer version has no words here: its own name, and the plain status. */
export const engineName = (engine) => (has(`engine.${engine}`) ? t(`engine.${engine}`) : engine);
export const engineIcon = (engine) => ENGINES[engine] ?? "jobs";
export const slotName = (slot) => (has(`slot.${slot}`) ? t(`slot.${slot}`) : slot);

export function tone(status) {
  return { completed: "good", failed: "bad", canceled: "", queued: "warn" }[status] ?? "active";
}

export function statusName(job) {
  const running = `running.${job.engine}`;
  if (job.status === "running" && has(running)) return t(running);
  return t(`status.${job.status}`);
}

/** What is going on, in one line: place in the queue, per cent, time left. */
export function standing(job, nowMs) {
  if (hasEnded(job)) return "";
  if (job.status === "queued") {
    const { position, etaMs } = job.queue ?? {};
    const place = position ? t("job.place", { position }) : "";
    const wait = etaMs ? t("job.wait", { time: duration(etaMs) }) : "";
    return [place, wait].filter(Boolean).join(" · ");
  }
  const left = pace.left(job, nowMs);
  const parts = [job.progress > 0 ? percent(job.progress) : "", left === null ? "" : t("job.left", { time: duration(left) })];
  return parts.filter(Boolean).join(" · ");
}

/** What went wrong, in one sentence; "" when nothing did. */
export function trouble(job) {
  if (job.status === "failed") return job.error?.message || t("job.noReason");
  if (job.accepted === false) return t("job.notHanded");
  if (!hasEnded(job) && job.error) return t("job.retrying", { why: job.error.message });
  return "";
}
