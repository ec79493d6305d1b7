/** How an edited file is stored: a script or a SubRip file stays one, everything else becomes WebVTT. Pure. */
import { serialise } from "../vtt.js";

/** `media_jobs.subtitles.editing.KEPT_KINDS`. */
export const KEPT = new Set(["ass", "subrip"]);

/** Whether a file of this kind keeps it, with its styles and all that is no cue. */
export const staysAsItIs = ({ kind }) => KEPT.has(kind);

/**
 * `{body, formatOf}` of `file` with these cues: WebVTT, which the server puts back into the version `inputId`, that the
 * file was read from, if it stays of its kind; each cue is named by the line where the one stands that it was made from.
 */
export function toStore(file, cues, inputId) {
  if (!inputId || !staysAsItIs(file)) return { body: serialise({ ...file, cues }) };
  const named = cues.map((cue) => ({ ...cue, id: cue.line ? String(cue.line) : "", before: [] }));
  return { body: serialise({ cues: named }), formatOf: inputId };
}

/** Whether a file with these cues can be stored: each ends behind its start, and one of them says something. */
export const isFit = (cues) => cues.every(({ startMs, endMs }) => startMs < endMs) && cues.some(({ text }) => text.trim());
