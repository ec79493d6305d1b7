/** The engines, as the server declares them: nothing here knows one by name. */
import { call } from "./api.js";
import { language, read, write } from "./i18n.js";

const KEY = "media-jobs-entered";

let known = [];
let asked = null;

export async function loadEngines() {
  const ask = () => call("GET", "/api/engines");
  known = (await (asked ? asked.catch(ask) : ask())).items;
  asked = null;
  write(KEY, "yes");
}

/** Ask ahead, where somebody has been signed in: whether somebody is, is being asked at the same time. */
export function expectEngines() {
  if (read(KEY) !== "yes") return;
  asked = call("GET", "/api/engines");
  asked.catch(() => write(KEY, ""));
}

const find = (id) => known.find((engine) => engine.engine === id);
const wordsOf = (id) => find(id)?.words[language()];

export const engineIds = () => known.map((engine) => engine.engine);

/** An engine of a newer version has no words here: its own name, and the plain status. */
export const engineName = (id) => wordsOf(id)?.title ?? id;
export const engineIcon = (id) => find(id)?.icon ?? "jobs";
export const runningName = (id) => wordsOf(id)?.running;
