/** Asks the thread that searches, and ends it when a pattern takes too long. */

/** How long a person waits for a pattern. */
export const TIMEOUT_MS = 2000;

const WORKER = "/workers/find.js";

// The page's policy lets no text become a script's address but this one.
const addresses = globalThis.trustedTypes?.createPolicy("editor-find", { createScriptURL: () => WORKER });
const address = () => addresses?.createScriptURL("") ?? WORKER;

/** `{ask, end}`: `ask(question)` answers as `answerTo`, `{tooLong: true}` after the time limit, null once another was asked. */
export function searcher() {
  let worker = null;
  let waiting = null;
  let last = 0;
  const settle = (answer) => {
    clearTimeout(waiting?.timer);
    waiting?.resolve(answer);
    waiting = null;
  };
  const end = () => {
    worker?.terminate();
    worker = null;
  };
  const begin = () => {
    worker = new Worker(address(), { type: "module" });
    worker.onmessage = ({ data }) => data.id === last && settle(data);
    worker.onerror = () => {
      end();
      settle({ failed: true });
    };
  };
  const ask = (question) => {
    if (waiting) {
      // It may be at a pattern that never ends.
      settle(null);
      end();
    }
    if (!worker) begin();
    last += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        end();
        settle({ tooLong: true });
      }, TIMEOUT_MS);
      waiting = { resolve, timer };
      worker.postMessage({ id: last, ...question });
    });
  };
  return { ask, end: () => (settle(null), end()) };
}
