/** What is being edited, written to this browser's storage a moment after each change, and at once when the page goes. */
import { dropDraft, writeDraft } from "./store.js";

const REST_MS = 250; // From the first change that is not written yet.

const keepers = new Set();
const beginnings = new Set(); // Until then nothing is kept: what was kept before is still being looked for.

const flushAll = () => Promise.all([...keepers].map((keeper) => keeper.flush()));

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
  addEventListener("pagehide", flushAll);
  document.addEventListener("visibilitychange", () => document.hidden && flushAll());
}

/** `{keep, drop, flush, close}`: `keep(name, value)` and `drop(name)`, of which the newest of each name counts. */
export function createKeeper({ write = writeDraft, drop = dropDraft } = {}) {
  const waiting = new Map(); // name -> the value; undefined: it is to be dropped.
  let timer = 0;
  const keeper = {
    keep(name, value) {
      waiting.set(name, value);
      timer ||= setTimeout(keeper.flush, REST_MS);
    },
    drop(name) {
      waiting.set(name, undefined);
      return keeper.flush();
    },
    /** The storage does one thing after the other, in the order in which it is asked. */
    flush() {
      clearTimeout(timer);
      timer = 0;
      const asked = [...waiting];
      waiting.clear();
      return Promise.all(asked.map(([name, value]) => (value === undefined ? drop(name) : write(name, value))));
    },
    close() {
      keepers.delete(keeper);
      return keeper.flush();
    },
  };
  keepers.add(keeper);
  return keeper;
}
