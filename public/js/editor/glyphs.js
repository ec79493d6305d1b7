/** Which characters of the cues no font of the burner has, as the server says. */
import { useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { plainLines } from "../vtt.js";

const SETTLE_MS = 1000;
const ASKED_MAX = 2000;
const NONE = new Set();
const charactersIn = new WeakMap(); // By cue: an edit makes another of the one that it changes.

function charactersOf(cue) {
  if (!charactersIn.has(cue)) charactersIn.set(cue, new Set(plainLines(cue.text).join("").replace(/[\x20-\x7e]/g, "")));
  return charactersIn.get(cue);
}

/** The characters of cues that are not among `asked`, at most as many as are asked for at once. */
export function unasked(cues, asked) {
  const found = new Set();
  for (const cue of cues) for (const character of charactersOf(cue)) if (!asked.has(character)) found.add(character);
  return [...found].slice(0, ASKED_MAX);
}

/** The characters of a header, `U+E000,U+1F9FF`. */
export const characterList = (header) => (header ?? "").split(",").filter(Boolean).map((one) => String.fromCodePoint(parseInt(one.slice(2), 16)));

/** Asked once for each character, when typing has come to rest; what is not answered is not told. */
export function useMissing(cues) {
  const [missing, setMissing] = useState(NONE);
  const asked = useRef(new Set());
  useEffect(() => {
    const timer = setTimeout(async () => {
      const characters = unasked(cues, asked.current);
      if (!characters.length) return;
      for (const one of characters) asked.current.add(one);
      // Nothing is drawn: the time that is asked for lies behind the text.
      const subtitles = `WEBVTT\n\n00:00.000 --> 00:01.000\n${characters.join(" ")}\n`;
      const answer = await api.previewBurn(null, { subtitles, atS: 10 }).catch(() => null);
      const found = characterList(answer?.headers.get("x-missing-glyphs"));
      if (found.length) setMissing((before) => new Set([...before, ...found]));
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [cues]);
  return missing;
}
