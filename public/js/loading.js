/**
 * The parts of the page that are loaded when they are needed.
 *
 * For as long as it is open, a page remembers a module that did not come, and to import it again asks nobody. So the files of a
 * part are fetched first, as often as it takes, and imported out of the browser's cache. Which files these are is written in
 * the built page (dev/page); as the sources lie in `public/`, modules are imported as they are.
 */

const FOLDER = "/assets/";
const FILES = JSON.parse(globalThis.document?.querySelector('meta[name="files"]')?.content ?? "{}");
/** How long a busy page puts off to fetch a part ahead. */
const IDLE_MS = 500;
const fetched = new Map(); // Path -> the promise that it is in the cache; of words, the promise of their tables.
const tables = new Map(); // `language/subject` -> its words, which came with a part.

/** A part did not come; it may be tried again, unless the page itself has to be: it is of an earlier release than the server. */
export class LoadError extends Error {
  constructor(isOutdated) {
    super(isOutdated ? "the page is outdated" : "no answer");
    this.isOutdated = isOutdated;
  }
}

/** Bring the files of a part (`views/jobs`), and its words in `language`, into the cache. Raises LoadError. */
export async function fetchPart(name, language, priority = "high") {
  const words = (FILES[`${name}@${language}`] ?? []).map(async (file) => {
    const subjects = Object.entries(await fetchFile(file, priority));
    subjects.forEach(([subject, table]) => tables.set(`${language}/${subject}`, table));
  });
  await Promise.all([...(FILES[name] ?? []).map((file) => fetchFile(file, priority)), ...words]);
}

/** The words of a subject that have come with a part. */
export const wordsWith = (language, subject) => tables.get(`${language}/${subject}`);

/** Fetch a part, then `run` its import. Raises LoadError. */
export async function loadPart(name, language, run) {
  await fetchPart(name, language);
  // What is in the cache and can't be imported will not be in this page: only a new one asks for it again.
  return run().catch((error) => Promise.reject(name in FILES ? new LoadError(true) : error));
}

/** Fetch all other parts while there is nothing else to do, one after the other. */
export async function fetchOthers(language) {
  if (navigator.connection?.saveData) return;
  const names = Object.keys(FILES).filter((name) => name.startsWith("views/") && !name.includes("@"));
  for (const name of names) {
    await new Promise((done) => (globalThis.requestIdleCallback ? requestIdleCallback(done, { timeout: IDLE_MS }) : setTimeout(done)));
    await fetchPart(name, language, "low").catch(() => {}); // It is fetched when it is needed.
  }
}

/** The styles of a subject, `css/<subject>.css`: a module whose components need them begins with `await useStyles("<subject>")`. */
export async function useStyles(subject) {
  const file = FILES[`css/${subject}`];
  const href = file ? `${FOLDER}${file[0]}` : `/css/${subject}.css`;
  if (!globalThis.document || document.querySelector(`link[href="${href}"]`)) return;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  await new Promise((done) => {
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

function fetchFile(file, priority) {
  if (!fetched.has(file)) {
    fetched.set(file, requestFile(file, priority).catch((error) => {
      fetched.delete(file);
      throw error;
    }));
  }
  return fetched.get(file);
}

async function requestFile(file, priority) {
  const response = await fetch(`${FOLDER}${file}`, { priority }).catch(() => Promise.reject(new LoadError(false)));
  if (!response.ok) throw new LoadError(response.status === 404);
  const body = file.endsWith(".json") ? response.json() : response.arrayBuffer();
  return body.catch(() => Promise.reject(new LoadError(false)));
}
