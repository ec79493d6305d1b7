/**
 * Answers that are asked for before the code that needs them is there: each is given once, to the first call of its path.
 */
import { read, write } from "./i18n.js";

const KEY = "media-jobs-entered";
const TIMEOUT_MS = 30_000;
const asked = new Map(); // Path -> the promise of its response, null where there was none.

/** Whether somebody is signed in here as far as is known: whether that is still so is being asked at the same time. */
export const wasEntered = () => read(KEY) === "yes";
export const noteEntered = (isIn) => write(KEY, isIn ? "yes" : "");

/** Ask for paths: each a text, or `[path, (document) => further paths]`, which are asked for with its answer. */
export function askAhead(paths) {
  for (const one of paths) {
    const [path, further] = Array.isArray(one) ? one : [one];
    asked.set(path, ask(path, further));
  }
}

async function ask(path, further) {
  try {
    const response = await fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await response.text(); // Also of an answer that nobody takes: what is not read stays on its way.
    if (response.ok && further) askAhead(further(JSON.parse(body)));
    return new Response(body, { status: response.status, headers: response.headers });
  } catch {
    return null;
  }
}

/** The response that was asked for ahead; null where there was none: it is to be asked for again. */
export async function taken(path) {
  const answer = asked.get(path);
  asked.delete(path);
  return (await answer) ?? null;
}

/** What was asked for another view, or for nobody, is not wanted any more: it may be another one by now. */
export const forgetAsked = () => asked.clear();
