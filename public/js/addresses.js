/** Which view an address leads to, what that is loaded of, and what it asks the API for first (pure). */
import { mediaQuery } from "./library/choice.js";
import { jobsQuery } from "./results/jobfilters.js";

/** How many media and jobs a list loads at once. */
export const MEDIA_PAGE = 24;
export const JOBS_PAGE = 50;

/** The views whose address is their name alone. */
const BY_THEMSELVES = ["library", "new", "jobs", "settings"];

/** The view of an address, and the place in the navigation that it belongs to. */
export function viewOf([first = "library", second, third]) {
  if (first === "media" && ["subtitles", "transcript", "compare"].includes(third)) return [third, "library"];
  if (first === "media" && second) return ["media", "library"];
  if (first === "jobs" && second) return ["job", "jobs"];
  if (first === "new" && second === "video") return ["video", "library"];
  if (first === "runs") return [second ? "run" : "runs", "jobs"];
  if (first === "subscriptions") return [first, "jobs"];
  if (first === "status") return ["status", "settings"];
  if (first === "join") return ["join", ""];
  return BY_THEMSELVES.includes(first) ? [first, first] : ["library", "library"];
}

/** The part that a view is loaded of, for `loadPart`. */
export const partOf = (view) => `views/${view === "subtitles" ? "editor" : view}`;

/** A path with its query; empty values are left out. */
export function at(path, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== "" && value !== null);
  const text = new URLSearchParams(kept).toString();
  return text ? `${path}?${text}` : path;
}

const mediaPath = (mediaId) => `/api/media/${encodeURIComponent(mediaId)}`;
const versions = (mediaId, slot) => at(`${mediaPath(mediaId)}/inputs`, { slot, limit: 100 });
const text = (mediaId, inputId) => (inputId ? [`${mediaPath(mediaId)}/inputs/${encodeURIComponent(inputId)}/text`] : []);
const newest = ({ mediaId, inputs }) => text(mediaId, inputs.subtitles?.inputId);

const FIRST_CALLS = {
  library: (_, query) => [at("/api/media", { ...mediaQuery(query), limit: MEDIA_PAGE }), "/api/tags"],
  media: ([, id]) => [
    [mediaPath(id), (item) => [...newest(item), versions(id, "subtitles"), versions(id, "comments-data")]],
    at("/api/jobs", { mediaId: id, limit: JOBS_PAGE }),
  ],
  subtitles: ([, id], { version }) => [[mediaPath(id), (item) => (version ? [] : newest(item))], versions(id, "subtitles"), ...text(id, version)],
  jobs: (_, query) => [at("/api/jobs", { ...jobsQuery(query), limit: JOBS_PAGE })],
  job: ([, id]) => [[`/api/jobs/${encodeURIComponent(id)}`, (job) => [mediaPath(job.mediaId)]], `/api/jobs/${encodeURIComponent(id)}/why`],
};

/** What the view of an address asks for first, as `askAhead` takes it: the paths that its code will name when it is there. */
export const firstCalls = ({ segments, query }) => FIRST_CALLS[viewOf(segments)[0]]?.(segments, query) ?? [];
