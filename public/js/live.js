/**
 * The live connection: one WebSocket that tells of every change of the jobs that are subscribed to.
 *
 * After a break it connects again and names the last event seen of each job, so nothing is missed.
 */

const FIRST_MS = 1000;
const LAST_MS = 30_000;
const PING_MS = 30_000;
const JOBS_MAX = 200; // What the server takes on one connection.

/** `onJob` gets each change, `onState` whether the connection stands. */
export function connectLive({ onJob, onState, open = openSocket }) {
  const seen = new Map(); // jobId -> the last eventSeq, -1 when none is known.
  let socket = null;
  let waitMs = FIRST_MS;
  let timer = 0;
  let ping = 0;

  const say = (message) => socket?.readyState === 1 && socket.send(typeof message === "string" ? message : JSON.stringify(message));

  function connect() {
    timer = 0;
    socket = open();
    socket.onopen = () => {
      waitMs = FIRST_MS;
      ping = setInterval(() => say("ping"), PING_MS);
      say({ type: "subscribe", jobs: Object.fromEntries(seen) });
      onState(true);
    };
    socket.onmessage = ({ data }) => {
      if (data !== "pong") hear(JSON.parse(data));
    };
    socket.onclose = () => {
      clearInterval(ping);
      socket = null;
      onState(false);
      if (seen.size) timer = setTimeout(connect, waitMs);
      waitMs = Math.min(waitMs * 2, LAST_MS);
    };
  }

  function hear(message) {
    if (message.type !== "job" || !seen.has(message.jobId)) return;
    if (message.eventSeq < seen.get(message.jobId)) return;
    seen.set(message.jobId, message.eventSeq);
    onJob(message);
  }

  return {
    subscribe(jobId) {
      if (seen.has(jobId) || seen.size >= JOBS_MAX) return;
      seen.set(jobId, -1);
      if (socket) say({ type: "subscribe", jobs: { [jobId]: -1 } });
      else if (!timer) connect();
    },
    unsubscribe(jobId) {
      if (seen.delete(jobId)) say({ type: "unsubscribe", jobs: [jobId] });
    },
    /** Whether changes of this job arrive by themselves. */
    covers: (jobId) => socket?.readyState === 1 && seen.has(jobId),
  };
}

function openSocket() {
  const address = new URL("/api/live", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(address);
}
