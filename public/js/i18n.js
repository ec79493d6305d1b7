/**
 * The page's words: tables of messages per language, those of the chosen one loaded on demand. What every view needs
 * is in `messages/<language>.js`, the words of one subject in `messages/<language>/<subject>.js`: a module that says them
 * begins with `await useWords("<subject>")`.
 */

import { fetchPart, wordsWith } from "./loading.js";

const LANGUAGES = { en: "English", zh: "中文" };
const KEY = "media-jobs-language";
const listeners = new Set();
const subjects = new Set();

let current = "en";
let messages = {};

export { LANGUAGES };
export const language = () => current;

/** The language that was chosen before, or the first of the browser's that the page has. */
export function wantedLanguage(stored = read(KEY), preferred = navigator.languages ?? []) {
  if (stored in LANGUAGES) return stored;
  const spoken = preferred.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag) => tag in LANGUAGES) ?? "en";
}

/** Load and show `wanted`; those who listen draw themselves again. Raises LoadError. */
export async function setLanguage(wanted, { remember = false } = {}) {
  const tables = await Promise.all([shellWords(wanted), ...[...subjects].map((name) => wordsOf(name, wanted))]);
  current = wanted;
  messages = Object.assign({}, ...tables.map((table) => table.default));
  document.documentElement.lang = wanted === "zh" ? "zh-Hans" : wanted;
  if (remember) write(KEY, wanted);
  listeners.forEach((listener) => listener());
}

async function wordsOf(subject, code) {
  const table = wordsWith(code, subject);
  if (table) return { default: table };
  await fetchPart(`messages/${code}/${subject}`, code);
  return import(`./messages/${code}/${subject}.js`);
}

async function shellWords(code) {
  await fetchPart(`messages/${code}`, code);
  return import(`./messages/${code}.js`);
}

/** Load the words of a subject, now and for each language that is chosen later. */
export async function useWords(subject) {
  subjects.add(subject);
  const wanted = current;
  const table = await wordsOf(subject, wanted);
  // Another language may have been chosen meanwhile: it has brought its own.
  if (wanted === current) messages = { ...messages, ...table.default };
}

let ofServer = null;

/**
 * Load the messages that the server names by their keys: they are needed where something went wrong, and no view waits for them.
 * What is shown already is drawn again. Raises LoadError.
 */
export function useServerWords() {
  ofServer ??= useWords("server").then(
    () => listeners.forEach((listener) => listener()),
    (error) => {
      ofServer = null;
      throw error;
    },
  );
  return ofServer;
}

/** Whether there is a message of this key of the server's; where they are not there yet, what is shown is drawn again with them. */
export function hasOfServer(key) {
  if (!ofServer) useServerWords().catch(() => {});
  return has(key);
}

/** A value of a message that begins so is the key of another one, for which it stands (as in `media_jobs.messages`). */
const NAMED = /^(?:(?:bad_request|down|failure|field|input|notice|part|setting|state|webhook_off|why)\.|upstream_failed)/;

/** The message of `key`, filled with values that may be keys themselves: of one, or of several with commas between. */
function filled(key, values) {
  return t(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, word(value, without(values, name))])));
}

const without = (values, name) => Object.fromEntries(Object.entries(values).filter(([other]) => other !== name));

function word(value, others) {
  const keys = String(value).split(", ");
  if (!keys.every((key) => NAMED.test(key) && has(key))) return value;
  const separator = keys[0].startsWith("notice.") ? { zh: "" }[current] ?? " " : { zh: "、" }[current] ?? ", ";
  return keys.map((key) => filled(key, { ...others, ...ownOf(key, others) })).join(separator);
}

/** Those of `values` whose names begin with a key and a dot: they fill its message alone. */
function ownOf(key, values) {
  const own = Object.entries(values).filter(([name]) => name.startsWith(`${key}.`));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(key.length + 1), value]));
}

/** What the server says (`{messageKey, messageValues}`) in the page's language; `text` where the page does not know it. */
export function said(document, text) {
  const { messageKey, messageValues } = document ?? {};
  if (!messageKey || !hasOfServer(messageKey)) return text;
  return filled(messageKey, messageValues ?? {});
}

export function onLanguage(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The message of `key`, its `{name}`s replaced. A `{n|one|many}` picks a form by a number. */
export function t(key, values = {}) {
  const text = messages[key];
  if (text === undefined) return key;
  return text
    .replace(/\{(\w+)\|([^|}]*)\|([^}]*)\}/g, (_, name, one, many) =>
      Number(values[name]) === 1 ? one : many,
    )
    .replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Whether there is a message of this key: for names that come from the server. */
export const has = (key) => key in messages;

/** Storage may be forbidden; then choices last as long as the page. */
export function read(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Not remembered.
  }
}
