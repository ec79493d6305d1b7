/** What runs by itself and what runs inside of a run, and how the end of one is told (pure). */

const ENDED = ["completed", "failed", "canceled"];

/** The jobs and runs to look after, by id: a job of a run that has not ended is the run's. */
export function whatRuns(jobs, runs) {
  const open = runs.filter((run) => !ENDED.includes(run.status));
  const inside = new Set(open.flatMap((run) => run.steps.map((step) => step.jobId)));
  const own = jobs.filter((job) => !ENDED.includes(job.status) && !inside.has(job.jobId));
  return { jobs: new Map(own.map((job) => [job.jobId, job])), runs: new Map(open.map((run) => [run.runId, run])) };
}

/** One line: `Done: Burn subtitles, Talk`. */
export const told = (state, what, title) => `${state}: ${[what, title].filter(Boolean).join(", ")}`;
