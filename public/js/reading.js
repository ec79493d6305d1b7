/** Subtitles as the server reads them, which is how they are burned. */
import { media as api } from "./api.js";
import { fileOf } from "./vtt.js";

/** No subtitles, as `readSubtitles` answers. */
export const NO_SUBTITLES = { text: "", kind: "webvtt", header: "WEBVTT", cues: [], after: [], notices: [] };

/**
 * What a text or a file in any encoding holds: `{text, kind, header, cues, after, notices, encoding,
 * encodingGuessed, sample}`; see `vtt.js` for the cues. Fails where the server refuses it.
 */
export async function readSubtitles(body, encoding) {
  const { cues, ...answer } = await api.subtitleText(body, encoding);
  return { ...answer, ...fileOf(answer.text, cues) };
}
