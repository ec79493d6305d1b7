/** Recipes and their runs in words: names of recipes, steps and states. */
import { engineIcon, engineName } from "./engines.js";
import { duration } from "./format.js";
import { has, language, t } from "./i18n.js";
import { slotName, standing, statusName, tone, trouble } from "./jobwords.js";
import { hasEnded } from "./watch.js";

/** The title of a recipe or a parameter in the page's language, or in the one it has. */
export const titleOf = ({ title, name }) => title?.[language()] ?? Object.values(title ?? {})[0] ?? name;

/** Whether a step, of a recipe or of a run, is a person's. */
export const isReview = (step) => step.kind === "review" || Boolean(step.review);

/** What a step of `steps` is called: what its engine does, and its own name where an earlier one does the same; in words where it is that of an output. */
export function stepName(step, steps) {
  const name = isReview(step) ? t("run.review") : engineName(step.engine);
  const isFirst = steps.find((other) => isReview(other) === isReview(step) && other.engine === step.engine)?.step === step.step;
  return isFirst ? name : t("run.another", { name, step: slotName(step.step) });
}
export const stepIcon = (step) => (isReview(step) ? "edit" : engineIcon(step.engine));

/** The steps of a recipe in a line. */
export const chainOf = (recipe) => recipe.steps.map((step) => stepName(step, recipe.steps)).join(" → ");

const REVIEW_TONES = { requested: "warn", approved: "good", rejected: "bad" };

export const stepTone = (step) => (isReview(step) ? REVIEW_TONES[step.state] ?? "" : step.status === "waiting" ? "" : tone(step.status));
export const stepState = (step) => (isReview(step) ? t(`review.${step.state}`) : statusName(step));

/** Whether a step has come to its end, whichever. */
export const stepEnded = (step) => (isReview(step) ? ["approved", "rejected", "canceled"].includes(step.state) : hasEnded(step));

/** What of a step is worth a line: how far it is, or how long it took and what it cost. */
export function stepNote(step, nowMs) {
  if (isReview(step)) {
    if (step.state === "requested") return t("run.waiting", { time: duration(nowMs - step.requestedAt) });
    return step.decidedAt && step.requestedAt ? t("run.waited", { time: duration(step.decidedAt - step.requestedAt) }) : "";
  }
  const took = step.finishedAt && step.tookMs ? t("job.took", { time: duration(step.tookMs) }) : "";
  return [hasEnded(step) ? took : standing(step, nowMs), costOf(step.cost)].filter(Boolean).join(" · ");
}

/** What something cost, as its engine counts: tokens, characters, money in the currency of the container's prices. */
export function costOf(cost) {
  const number = (value) => new Intl.NumberFormat(language()).format(value);
  return Object.entries(cost ?? {})
    .filter(([name, value]) => value > 0 && has(`cost.${name}`))
    .map(([name, value]) => t(`cost.${name}`, { n: number(value) }))
    .join(" · ");
}

/** What went wrong with a step: of one that an earlier step has left without its input, that. */
export function stepTrouble(step) {
  if (isReview(step)) return "";
  return step.status === "failed" && step.error?.code === "input_failed" ? t("run.inputFailed") : trouble(step);
}

const RUN_TONES = { completed: "good", failed: "bad", canceled: "", in_review: "warn" };
export const runTone = (run) => RUN_TONES[run.status] ?? "active";
export const runEnded = (run) => ["completed", "failed", "canceled"].includes(run.status);

/** How far a run is, 0 to 1: each job of it counts the same. */
export function runProgress(run) {
  const jobs = run.steps.filter((step) => !isReview(step));
  const done = jobs.reduce((sum, step) => sum + (step.status === "completed" ? 1 : step.progress ?? 0), 0);
  return jobs.length ? done / jobs.length : 0;
}

/** The step that a run is at. */
export const currentStep = (run) => run.steps.find((step) => !stepEnded(step) && step.status !== "waiting" && step.state !== "waiting");
