/** Addresses of the page: `#/jobs/job_1?tab=log` is a path of segments and a query. */

export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const segments = path.split("/").filter(Boolean).map(decode);
  return { segments, query: Object.fromEntries(new URLSearchParams(query)) };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The link to a place: `link("jobs", jobId)`, the last argument may be a query. */
export function link(...parts) {
  const query = typeof parts.at(-1) === "object" ? parts.pop() : {};
  const kept = Object.entries(query).filter(([, value]) => value !== undefined && value !== "" && value !== null);
  const tail = kept.length ? `?${new URLSearchParams(kept)}` : "";
  return `#/${parts.map(encodeURIComponent).join("/")}${tail}`;
}

export function go(...parts) {
  location.hash = link(...parts);
}

/** `go` for the end of something slow: it leads on only who is still where it was begun. */
export function goFromHere() {
  const here = location.hash;
  return (...parts) => location.hash === here && go(...parts);
}

/** Change the query in place, without a step in the history. */
export function replace(...parts) {
  history.replaceState(history.state, "", link(...parts));
  dispatchEvent(new HashChangeEvent("hashchange"));
}
