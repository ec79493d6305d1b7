/**
 * Drafts in this browser: an IndexedDB store of values by name, each a person's own.
 *
 * A value is kept for 30 days after its last change. Where storage is forbidden or full, `onTrouble` hears of it, nothing
 * is kept, and everything else works: no function here raises.
 */
import { forget, note, noted } from "./journal.js";
import { owner } from "./owner.js";

const DATABASE = "media-jobs-drafts";
const STORE = "drafts";
const DAY_MS = 86_400_000;
export const KEPT_MS = 30 * DAY_MS;
const OPEN_MS = 5000; // A browser that takes longer keeps nothing: whoever waits for a draft is to go on.

const listeners = new Set();
let opened = null; // A promise of the database; null inside: there is none to be had.
let trouble = ""; // "", "forbidden" or "full".

export const troubleNow = () => trouble;

/** `listener(kind)`: "forbidden", "full", or "" when writing works again. */
export function onTrouble(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(kind) {
  if (kind === trouble) return;
  trouble = kind;
  listeners.forEach((listener) => listener(kind));
}

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const open = () => Promise.race([opening(), new Promise((resolve) => setTimeout(resolve, OPEN_MS))]).then((database) => {
  if (!database) tell("forbidden");
  return database ?? null;
});

async function opening() {
  try {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      // A key is [owner, name].
      request.result.createObjectStore(STORE).createIndex("atMs", "atMs");
    };
    const database = await done(request);
    database.onversionchange = () => {
      database.close();
      opened = null;
    };
    database.onclose = () => {
      opened = null;
    };
    await takeOver(database);
    await dropOld(database);
    return database;
  } catch {
    return null;
  }
}

/** Write what a page noted while it left, unless that was written or something newer was. */
async function takeOver(database) {
  const waiting = noted();
  if (!waiting.length) return;
  const transaction = database.transaction(STORE, "readwrite");
  const store = transaction.objectStore(STORE);
  for (const { key, value, atMs } of waiting) {
    const request = store.get(key);
    request.onsuccess = () => (request.result?.atMs ?? 0) < atMs && store.put({ name: key[1], value, atMs }, key);
  }
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  waiting.forEach(({ key, atMs }) => forget(key, atMs));
}

function dropOld(database) {
  const store = database.transaction(STORE, "readwrite").objectStore(STORE);
  const request = store.index("atMs").openKeyCursor(IDBKeyRange.upperBound(Date.now() - KEPT_MS));
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve();
      store.delete(cursor.primaryKey);
      return cursor.continue();
    };
  });
}

/** Run `act(store)` in a transaction and return its result; undefined where there is no storage. */
async function within(mode, act) {
  const database = await (opened ??= open());
  if (!database) return undefined;
  try {
    const transaction = database.transaction(STORE, mode, { durability: "relaxed" });
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const request = act(transaction.objectStore(STORE));
    // At once, and not when the page has heard that the request went well: it may be leaving.
    transaction.commit();
    await ended;
    if (mode === "readwrite") tell("");
    return request.result;
  } catch (error) {
    tell(error?.name === "QuotaExceededError" ? "full" : "forbidden");
    return undefined;
  }
}

// Whose it is, is known when it is asked for, and not when the database has been opened.
const keyOf = (name) => [owner(), name];

/** The keys of all names that begin with `prefix`; a function, as there is no such range where storage is forbidden. */
const under = (prefix) => {
  const [from, to] = [keyOf(prefix), keyOf(`${prefix}\uffff`)];
  return () => IDBKeyRange.bound(from, to);
};

/** `{name, value, atMs}` of what is kept under `name`; undefined where there is nothing. */
export function readDraft(name) {
  const key = keyOf(name);
  return within("readonly", (store) => store.get(key));
}

/** Keep `value`, plain data, under `name`. `isLeaving`: the page may be gone before it is written. Whether it is kept. */
export async function writeDraft(name, value, { isLeaving = false } = {}) {
  const key = keyOf(name);
  const atMs = Date.now();
  if (isLeaving) note(key, value, atMs);
  const isKept = (await within("readwrite", (store) => store.put({ name, value, atMs }, key))) !== undefined;
  if (isKept) forget(key, atMs);
  return isKept;
}

export function dropDraft(name) {
  const key = keyOf(name);
  forget(key);
  return within("readwrite", (store) => store.delete(key));
}

/** All that this person has under names that begin with `prefix`, as `readDraft` says it. */
export async function listDrafts(prefix) {
  const range = under(prefix);
  return (await within("readonly", (store) => store.getAll(range()))) ?? [];
}

/** Forget all that this person has. */
export function dropAllDrafts() {
  const range = under("");
  noted().filter(({ key }) => key[0] === owner()).forEach(({ key }) => forget(key));
  return within("readwrite", (store) => store.delete(range()));
}
