/** Another version of the subtitles, read cue by cue beside the one that is edited. */
import { html, useMemo } from "../../vendor/htm-preact.js";
import { moment } from "../format.js";
import { useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { languageName } from "../languages.js";
import { readSubtitles } from "../reading.js";
import { SelectField, Trouble } from "../ui.js";
import { plainLines } from "../vtt.js";
import { media as api } from "../api.js";

const middle = ({ startMs, endMs }) => (startMs + endMs) / 2;

/**
 * What is said in `other` while a cue is shown: `of(cue)`, the texts of the cues whose middle lies in it; null where
 * there is no other.
 */
export function besideOf(other) {
  if (!other) return () => null;
  const sorted = other.toSorted((one, two) => middle(one) - middle(two));
  const firstFrom = (ms) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const half = (low + high) >> 1;
      if (middle(sorted[half]) < ms) low = half + 1;
      else high = half;
    }
    return low;
  };
  return ({ startMs, endMs }) => sorted.slice(firstFrom(startMs), firstFrom(Math.max(startMs, endMs))).map(({ text }) => plainLines(text).join(" ")).join(" ");
}

/** The version of `inputId` beside those that are edited: `{of, language, error}`. */
export function useBeside(mediaId, versions, inputId) {
  const loaded = useLoaded(async () => (inputId ? (await readSubtitles(await api.text(mediaId, inputId))).cues : null), [mediaId, inputId]);
  const of = useMemo(() => besideOf(loaded.data), [loaded.data]);
  return { of, language: versions.find((one) => one.inputId === inputId)?.language, error: loaded.error, reload: loaded.reload };
}

const nameOf = (version) => [version.language ? languageName(version.language) : t("editor.noLanguage"), moment(version.createdAt)].join(" · ");

export const BesideField = ({ versions, edited, value, beside, onValue }) => html`<${SelectField} label=${t("editor.beside")} value=${value ?? ""} onValue=${(inputId) => onValue(inputId || null)}
  options=${[["", t("editor.nothingBeside")], ...versions.filter(({ inputId }) => inputId !== edited).map((version) => [version.inputId, nameOf(version)])]} /><${Trouble} error=${beside.error} onRetry=${beside.reload} />`;
