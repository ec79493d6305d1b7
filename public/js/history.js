/** The history of a job in the page's language, from what its steps are made of. */
import { has, t } from "./i18n.js";

/** Whose messages are `history.<name>`; others are told by the state that the job came to. */
const CAUSES = {
  accepted: "accepted",
  submitted: "submitted",
  granted: "granted",
  started: "started",
  done: "done",
  "outputs verified": "verified",
  retried: "retried",
};

function reason({ cause, error }) {
  const code = error?.code ?? cause;
  const words = has(`reason.${code}`) ? t(`reason.${code}`) : (error?.message ?? code).replace(/\.$/, "");
  return words === code ? code : `${words} (${code})`;
}

/** One step as a sentence; where the page has no words for it, the server's. */
export function sentence(step) {
  if (step.cause in CAUSES) return t(`history.${CAUSES[step.cause]}`);
  if (step.cause === "reported") return has(`history.${step.status}`) ? t(`history.${step.status}`) : step.text;
  if (step.status === "canceled") return t("history.canceled");
  if (step.status === "queued") return t("history.again", { why: reason(step) });
  if (step.status === "failed") return t("history.failed", { why: reason(step) });
  return step.text;
}

/** The steps by attempt, in order: `[{attempt, steps}]`; 0 is before the first attempt. */
export function byAttempt(steps) {
  const groups = [];
  for (const step of steps) {
    if (groups.at(-1)?.attempt !== step.attempt) groups.push({ attempt: step.attempt, steps: [] });
    groups.at(-1).steps.push(step);
  }
  return groups;
}
