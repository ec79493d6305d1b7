/** What is being edited, written to this browser's storage a moment after each change, and at once when the page goes. */
import { dropDraft, writeDraft } from "./store.js";

const REST_MS = 250; // From the first change that is not written yet.

const keepers = new Set();
const beginnings = new Set(); // Until then nothing is kept: what was kept before is still being looked for.

const flushAll = (about) => Promise.all([...keepers].map((keeper) => keeper.flush(about)));
const leave = () => flushAll({ isLeaving: true });

/** Write down now what waits to be; a promise of its end. */
export async function flushDrafts() {
  await Promise.all(beginnings);
  await flushAll();
}

/** `flushDrafts` waits for this as well. */
export function noteBeginning(promise) {
  beginnings.add(promise);
  promise.finally(() => beginnings.delete(promise));
}

if (globalThis.document) {
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
}

/** `{keep, drop, flush, close}`: `keep(name, value)` and `drop(name)`, of which the newest of each name counts. */
export function createKeeper({ write = writeDraft, drop = dropDraft } = {}) {
  const waiting = new Map(); // name -> the value; undefined: it is to be dropped.
  const asked = new Map(); // The same, of what the storage was asked for and has not done.
  let timer = 0;
  const ask = async (name, value, about) => {
    asked.set(name, value);
    await (value === undefined ? drop(name) : write(name, value, about));
    if (asked.get(name) === value) asked.delete(name);
  };
  const keeper = {
    keep(name, value) {
      waiting.set(name, value);
      timer ||= setTimeout(() => keeper.flush(), REST_MS);
    },
    drop(name) {
      waiting.set(name, undefined);
      return keeper.flush();
    },
    /** The storage does one thing after the other, in the order in which it is asked. `isLeaving`: what it is at may come to nothing. */
    flush({ isLeaving = false } = {}) {
      clearTimeout(timer);
      timer = 0;
      const all = [...(isLeaving ? new Map([...asked, ...waiting]) : waiting)];
      waiting.clear();
      return Promise.all(all.map(([name, value]) => ask(name, value, { isLeaving })));
    },
    close() {
      keepers.delete(keeper);
      return keeper.flush();
    },
  };
  keepers.add(keeper);
  return keeper;
}
