/** The history of a job in the page's language, from what its steps are made of. */
import { hasOfServer, t } from "./i18n.js";
import { failure } from "./jobwords.js";

/** One step as a sentence; where the page does not know it, the server's. */
export function sentence(step) {
  if (!hasOfServer(step.messageKey)) return step.text;
  const code = step.error?.code ?? step.cause;
  const why = `${(failure(step.error) || code).replace(/[.。]$/, "")} (${code})`;
  return t(step.messageKey, { ...step, status: t(`status.${step.status}`), why });
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
