/** The engines, as the server declares them: nothing here knows one by name. */
import { noteEntered } from "./ahead.js";
import { call } from "./api.js";
import { language } from "./i18n.js";

let known = [];

export async function loadEngines() {
  known = (await call("GET", "/api/engines")).items;
  noteEntered(true);
}

const find = (id) => known.find((engine) => engine.engine === id);
const wordsOf = (id) => find(id)?.words[language()];

export const engineIds = () => known.map((engine) => engine.engine);

/** An engine of a newer version has no words here: its own name, and the plain status. */
export const engineName = (id) => wordsOf(id)?.title ?? id;
export const engineIcon = (id) => find(id)?.icon ?? "jobs";
export const runningName = (id) => wordsOf(id)?.running;
