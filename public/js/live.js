/**
 * The live connection: one WebSocket for every change of the subscribed jobs, and of the library.
 *
 * After a break it connects again and names the last event seen of each job, so nothing is missed. A job
 * of which nothing was heard for a while is asked for again: a push can be lost.
 */

const FIRST_MS = 1000;
const LAST_MS = 30_000;
const PING_MS = 30_000;
const QUIET_MS = 60_000;
const JOBS_MAX = 199; // What the server takes on one connection, but for the library.

/**
 * `onJob` gets each change, `onState` whether there is a connection, `onMedia` the id of each media that has
 * changed, come or gone; null: some may have, while there was no connection.
 */
export function connectLive({ onJob, onState, onMedia = () => {}, open = openSocket, now = Date.now }) {
  const seen = new Map(); // jobId -> the last eventSeq, -1 when none is known.
  const heard = new Map(); // jobId -> when.
  let socket = null;
  let waitMs = FIRST_MS;
  let timer = 0;
  let ping = 0;
  let library = false; // Whether changes of media are wanted.
  let missed = false; // Whether some may have been missed.

  const say = (message) => socket?.readyState === 1 && socket.send(typeof message === "string" ? message : JSON.stringify(message));

  function connect() {
    timer = 0;
    socket = open();
    socket.onopen = () => {
      waitMs = FIRST_MS;
      ping = setInterval(beat, PING_MS);
      ask([...seen.keys()]);
      if (library) say({ type: "subscribe-media" });
      if (library && missed) onMedia(null);
      missed = true;
      onState(true);
    };
    socket.onmessage = ({ data }) => {
      if (data !== "pong") hear(JSON.parse(data));
    };
    socket.onclose = () => {
      clearInterval(ping);
      socket = null;
      onState(false);
      if (seen.size || library) timer = setTimeout(connect, waitMs);
      waitMs = Math.min(waitMs * 2, LAST_MS);
    };
  }

  /** Name the last event seen of these jobs: what is newer comes at once. */
  function ask(jobIds) {
    jobIds.forEach((jobId) => heard.set(jobId, now()));
    if (jobIds.length) say({ type: "subscribe", jobs: Object.fromEntries(jobIds.map((jobId) => [jobId, seen.get(jobId)])) });
  }

  function beat() {
    say("ping");
    ask([...seen.keys()].filter((jobId) => now() - (heard.get(jobId) ?? 0) >= QUIET_MS));
  }

  function hear(message) {
    if (message.type === "media" && library) onMedia(message.mediaId);
    if (message.type !== "job" || !seen.has(message.jobId)) return;
    if (message.eventSeq < seen.get(message.jobId)) return;
    seen.set(message.jobId, message.eventSeq);
    heard.set(message.jobId, now());
    onJob(message);
  }

  return {
    subscribe(jobId) {
      if (seen.has(jobId) || seen.size >= JOBS_MAX) return;
      seen.set(jobId, -1);
      if (socket) ask([jobId]);
      else if (!timer) connect();
    },
    unsubscribe(jobId) {
      heard.delete(jobId);
      if (seen.delete(jobId)) say({ type: "unsubscribe", jobs: [jobId] });
    },
    /** Hear of changes of media from now on, or no more. */
    follow(wanted) {
      if (library === wanted) return;
      library = wanted;
      if (socket) say({ type: wanted ? "subscribe-media" : "unsubscribe-media" });
      else if (wanted && !timer) connect();
    },
    /** Whether they arrive by themselves. */
    follows: () => socket?.readyState === 1 && library,
    /** Whether changes of this job arrive by themselves. */
    covers: (jobId) => socket?.readyState === 1 && seen.has(jobId),
  };
}

function openSocket() {
  const address = new URL("/api/live", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(address);
}
