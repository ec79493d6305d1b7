/** Which jobs are listed, as the address says it: `#/jobs?state=failed&query=talk&since=2026-03-01` (pure). */

/** The states that one chooses among, as the API asks for them. */
export const STATES = {
  all: {},
  running: { status: "waiting,queued,fetching_metadata,preparing,running,uploading" },
  completed: { status: "completed" },
  failed: { status: "failed" },
  canceled: { status: "canceled" },
  undelivered: { deadLetters: "true" },
};
/** What of the address filters jobs. */
export const FILTERS = ["state", "engine", "query", "since", "until", "media"];

const JOB_ID = /^job_[0-9a-z]{26}$/i;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The beginning of a day of the reader's, `days` later, in ms; undefined for what is no date. */
function startOf(text, days = 0) {
  const [, year, month, date] = DAY.exec(text ?? "")?.map(Number) ?? [];
  const at = new Date(year, month - 1, date + days);
  return date && at.getFullYear() >= 1970 ? at.getTime() : undefined;
}

/** The query of `GET /api/jobs` for the query of the address; both days are included. */
export function jobsQuery({ state = "all", engine, query = "", since, until, media } = {}) {
  const words = query.trim();
  const named = JOB_ID.test(words) ? { ids: `job_${words.slice(4).toUpperCase()}` } : { query: words };
  return { ...STATES[state], engine, ...named, createdAfter: startOf(since), createdBefore: startOf(until, 1), mediaId: media };
}

/** Whether the address leaves any job out. */
export const isFiltered = (query) => FILTERS.some((name) => query[name] && !(name === "state" && query.state === "all"));
