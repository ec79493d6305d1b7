/**
 * The session of this page: it may end while somebody works, and go on with a new one of the same person.
 *
 * A call that meets the end waits until they have signed in again, here or in another tab. If it is another person who
 * signs in, the page begins anew: what the first one did stays in the browser, theirs alone.
 */
import { owner } from "./owner.js";

const CHANNEL = "media-jobs-session";

/** `{ask, entered, dismiss, left, close}`; `show(state)` is told "ended" (sign in over the page), "away" (not now) or "". */
export function createSession({ show, anew, channel = globalThis.BroadcastChannel && new BroadcastChannel(CHANNEL) }) {
  let state = "";
  let waiting = [];
  const become = (next) => {
    state = next;
    show(next);
  };
  const answer = (again) => {
    waiting.forEach((resolve) => resolve(again));
    waiting = [];
  };
  const goOn = () => {
    become("");
    answer(true);
  };
  /** Somebody has signed in; calls of the person before are never answered where it is another one. */
  const known = (callerId) => {
    if (callerId !== owner()) anew();
    else if (state) goOn();
  };
  if (channel) channel.onmessage = ({ data }) => (data.callerId ? known(data.callerId) : state || become("ended"));
  return {
    /** A call has met the end of the session: whether it is to be sent again. Who wants to read on is not asked by each look. */
    ask(isWanted) {
      if (state === "away" && !isWanted) return Promise.resolve(false);
      if (state !== "ended") become("ended");
      return new Promise((resolve) => waiting.push(resolve));
    },
    entered({ callerId }) {
      channel?.postMessage({ callerId });
      known(callerId);
    },
    dismiss() {
      if (state !== "ended") return;
      become("away");
      answer(false);
    },
    /** This person signs out, in all tabs. */
    left: () => channel?.postMessage({}),
    close: () => channel?.close(),
  };
}
