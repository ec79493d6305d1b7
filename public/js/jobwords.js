/** A job in words: names of states, phases and outputs. */
import { runningName } from "./engines.js";
import { duration, percent } from "./format.js";
import { has, hasOfServer, language, said, t } from "./i18n.js";
import { hasEnded, pace } from "./watch.js";

export const STATUSES = ["waiting", "queued", "fetching_metadata", "preparing", "running", "uploading", "completed", "failed", "canceled"];

/** The name of an output; of several of a kind, the further ones have a number. */
export function slotName(slot) {
  const [, kind, number] = /^(\D+)(\d*)$/.exec(slot) ?? [slot, slot, ""];
  return has(`slot.${kind}`) ? [t(`slot.${kind}`), number].filter(Boolean).join(" ") : slot;
}

export function tone(status) {
  return { completed: "good", failed: "bad", canceled: "", queued: "warn", waiting: "" }[status] ?? "active";
}

/** How far a job is, as a bar shows it: 0 before it begins, null when that is not known. */
export const progressOf = (job) => (["waiting", "queued"].includes(job.status) ? 0 : job.progress || null);

export function statusName(job) {
  const running = job.status === "running" && runningName(job.engine);
  return running || t(`status.${job.status}`);
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

/** Why something failed: what the tool said, in English; in other languages what its message is made of, or its code means. */
export function failure(error) {
  const text = error?.message ?? "";
  if (language() === "en" || !error) return text;
  const key = `failure.${error.code}`;
  if (error.messageKey || !hasOfServer(key)) return said(error, text);
  return t(key, { options: (error.options ?? []).join("、") });
}

/** Whether a job may be started again; one that came with an import has nothing to start with. */
export const canRetry = (job) => !job.imported && ["failed", "canceled"].includes(job.status);

/** What went wrong, in one sentence; "" when nothing did. */
export function trouble(job) {
  if (job.status === "failed") return failure(job.error) || t("job.noReason");
  if (job.accepted === false && job.status !== "waiting") return t("job.notHanded");
  if (!hasEnded(job) && job.error) return t("job.retrying", { why: failure(job.error) });
  return "";
}
