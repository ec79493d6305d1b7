/** Another version of the subtitles beside the one that is edited: edited as well, or read where both are one text. */
import { html, useMemo, useRef } from "../../vendor/htm-preact.js";
import { newerThan } from "../drafts/lines.js";
import { whenSaved } from "../drafts/track.js";
import { moment } from "../format.js";
import { useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { languageName } from "../languages.js";
import { readVersion } from "../reading.js";
import { SelectField, Trouble } from "../ui.js";
import { media as api } from "../api.js";

const middle = ({ startMs, endMs }) => (startMs + endMs) / 2;

/** The index of the last of `sorted` that begins at `ms` or before; -1: none. */
function lastAt(sorted, ms) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const half = (low + high) >> 1;
    if (sorted[half].startMs <= ms) low = half + 1;
    else high = half;
  }
  return low - 1;
}

/**
 * Which of `others` stand beside which of `cues`: `Map(key → [cue])`, each beside the one that its middle lies in, or is
 * nearest to, so that none is left out. Lists that are as in `before` are the same ones.
 */
export function pairedWith(cues, others, before = new Map()) {
  const sorted = cues.toSorted((one, two) => one.startMs - two.startMs);
  const pairs = new Map();
  for (const other of sorted.length ? others : []) {
    const ms = middle(other);
    const at = lastAt(sorted, ms);
    const [behind, ahead] = [sorted[at], sorted[at + 1]];
    const isAhead = !behind || (ahead && ms >= behind.endMs && ahead.startMs - ms < ms - behind.endMs);
    const { key } = isAhead ? ahead : behind;
    if (pairs.has(key)) pairs.get(key).push(other);
    else pairs.set(key, [other]);
  }
  for (const [key, list] of pairs) {
    const known = before.get(key);
    if (known?.length === list.length && list.every((cue, at) => cue === known[at])) pairs.set(key, known);
  }
  return pairs;
}

/** `pairedWith` from one drawing to the next; null where there is no other. */
export function usePairs(cues, others) {
  const last = useRef(undefined);
  return useMemo(() => (last.current = others ? pairedWith(cues, others, last.current ?? undefined) : null), [cues, others]);
}

/** With a new cue of `key` that says `text` while `{startMs, endMs}` is shown, in its place in the order. */
export function withSaid(cues, key, { startMs, endMs }, text) {
  const at = cues.findLastIndex((cue) => cue.startMs <= startMs) + 1;
  return cues.toSpliced(at, 0, { key, startMs, endMs, text, id: "", settings: "", before: [] });
}

/** The version that was made by no edit of which `inputId` is an edit; the first one that is still there. */
export function originOf(versions, inputId) {
  const version = versions.find((one) => one.inputId === inputId);
  const parent = version?.origin === "edit" && versions.find((one) => one.inputId === version.parent);
  return parent ? originOf(versions, parent.inputId) : inputId;
}

/** The newest edit of a version; itself where there is none. */
export const newestOf = (versions, inputId) => newerThan(versions, { root: inputId, own: null, seenMs: 0 })[0]?.inputId ?? inputId;

/**
 * The version of `inputId`, or what was made of it by edits, beside `edited`: `{known, versions, file, isOther, error}`;
 * `isOther`: it is another text than `edited`, and so can be edited beside it; both of one would be edits of each other.
 */
export function useBeside(mediaId, edited, inputId) {
  const loaded = useLoaded(async () => {
    if (!inputId) return null;
    await whenSaved(mediaId);
    const { items: versions } = await api.versions(mediaId, "subtitles");
    const newest = newestOf(versions, inputId);
    const isOther = originOf(versions, newest) !== originOf(versions, edited);
    const shown = isOther ? newest : inputId;
    const known = versions.find((one) => one.inputId === shown) ?? { inputId: shown };
    return { known, versions, isOther, file: await readVersion(mediaId, shown) };
  }, [mediaId, edited, inputId]);
  return { ...loaded.data, error: loaded.error, reload: loaded.reload };
}

const nameOf = (version) => [version.language ? languageName(version.language) : t("editor.noLanguage"), moment(version.createdAt)].join(" · ");

export const BesideField = ({ versions, edited, value, beside, onValue }) => html`<${SelectField} label=${t("editor.beside")} value=${value ?? ""} onValue=${(inputId) => onValue(inputId || null)}
  options=${[["", t("editor.nothingBeside")], ...versions.filter(({ inputId }) => inputId !== edited).map((version) => [version.inputId, nameOf(version)])]} /><${Trouble} error=${beside.error} onRetry=${beside.reload} />`;
