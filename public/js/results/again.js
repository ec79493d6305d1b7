/** A job again with changes: the form of its kind, filled in as the job was (pure). */
import { link } from "../router.js";

/** Which form makes jobs of an engine. */
export const FORM_OF = {
  "burner-ffmpeg": "burn",
  "renderer-remotion": "comments",
  "media-downloader": "download",
  "asr-pipeline": "transcribe",
  "subtitle-translator": "translate",
};

/** The link to the form of a job, filled in; "" where its engine has no form, or its options did not come along. */
export function againLink(job) {
  const form = job.imported ? "" : FORM_OF[job.engine];
  if (!form) return "";
  const { subtitles, "subtitles-secondary": second } = job.inputs ?? {};
  const versions = form === "burn" ? { first: subtitles, second } : form === "translate" ? { version: subtitles } : {};
  return link("new", form, { media: job.mediaId, from: job.jobId, ...versions });
}

const said = (options) => Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== null && value !== undefined));

/** What the fields of a form say for the options of a job; what the options leave out is left out. */
const FIELDS = {
  burn: (options) => options,
  comments: (options) => options,
  download: ({ subtitleLanguages, ...options }) => ({ ...options, ...(subtitleLanguages ? { languages: subtitleLanguages.join(", ") } : {}) }),
  transcribe: ({ vocabulary, cues, ...options }) => ({
    ...options,
    ...(vocabulary ? { vocabulary: vocabulary.join("\n") } : {}),
    ...(cues ? { cues: said(cues) } : {}),
  }),
  translate: ({ glossary, budget, ...options }) => ({
    ...options,
    ...(glossary ? { glossary: glossary.map(({ source, target }) => `${source} = ${target}`).join("\n") } : {}),
    ...(budget?.maxTokens ? { maxTokens: budget.maxTokens } : {}),
  }),
};

/** The fields of the form of `job`, to be laid over those that the form begins with. */
export const fieldsOf = (job) => FIELDS[FORM_OF[job.engine]]?.(said(job.options)) ?? {};
