/**
 * A port of its own for the second Worker of `wrangler dev -c … -c …`, which gives one to the first
 * alone. It runs in a `wrangler dev` of its own; the two find each other by wrangler's registry.
 */
export default {
  /** @param {Request} request @param {{ WORKER: { fetch: typeof fetch } }} env */
  fetch: (request, env) => env.WORKER.fetch(request),
};
