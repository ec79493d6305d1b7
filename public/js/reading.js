/** Subtitles as the server reads them, which is how they are burned. */
import { media as api } from "./api.js";
import { fileOf } from "./vtt.js";

/** No subtitles, as `readSubtitles` answers. */
export const NO_SUBTITLES = { text: "", kind: "webvtt", header: "WEBVTT", cues: [], after: [], notices: [] };

/** What a version of subtitles holds, as `readSubtitles` answers. */
export async function readVersion(mediaId, inputId) {
  const { cues, ...answer } = await api.readText(mediaId, inputId);
  return { ...answer, ...fileOf(answer.text, cues) };
}

/**
 * What a text or a file in any encoding holds: `{text, kind, header, cues, after, notices, encoding,
 * encodingGuessed, sample}`; see `vtt.js` for the cues. Fails where the server refuses it.
 *
 * Who may only look is not answered: of a text that is WebVTT the page reads the cues itself.
 */
export async function readSubtitles(body, encoding) {
  const { cues, ...answer } = await api.subtitleText(body, encoding).catch((error) => {
    if (error.status !== 403 || typeof body !== "string" || !/^\uFEFF?WEBVTT/.test(body)) throw error;
    return { ...NO_SUBTITLES, text: body, cues: null };
  });
  return { ...answer, ...fileOf(answer.text, cues) };
}
