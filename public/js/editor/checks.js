/**
 * What is wrong with cues, or hard to read: pure. A problem is `{kind, values}`; the kinds are those of `KINDS`.
 *
 * The limits of a script are those of `media_jobs.subtitles.cue_rules`, which a test compares.
 */
import { plainLines } from "../vtt.js";

/** From the gravest; a file with a cue of the first kind is not saved. */
export const KINDS = ["order", "empty", "overlap", "beyond", "glyphs", "speed", "length", "lines", "gap"];

const RULES = [
  [/\p{Script=Latin}/gu, { lineChars: 42, charsPerS: 20 }],
  [/\p{Script=Greek}/gu, { lineChars: 42, charsPerS: 17 }],
  [/\p{Script=Cyrillic}/gu, { lineChars: 39, charsPerS: 17 }],
  [/\p{Script=Arabic}/gu, { lineChars: 42, charsPerS: 20 }],
  [/\p{Script=Hebrew}/gu, { lineChars: 42, charsPerS: 17 }],
  [/[\p{Script=Devanagari}\p{Script=Tamil}\p{Script=Telugu}]/gu, { lineChars: 42, charsPerS: 22 }],
  [/\p{Script=Thai}/gu, { lineChars: 35, charsPerS: 17 }],
];
const CHINESE = { lineChars: 16, charsPerS: 9, isWide: true };
const JAPANESE = { lineChars: 13, charsPerS: 7, isWide: true };
const KOREAN = { lineChars: 16, charsPerS: 12, isWide: true };
const KANA_SHARE = 0.05;
const READ_CHARS = 20_000;
const OF_ALL = { linesMax: 2, gapMs: 84 };
// Of Unicode's East Asian widths F and W, what is written in subtitles.
const WIDE = /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const SIMPLE = /^[\x20-\x7e\xa0-\u02ff\u0370-\u0482\u048a-\u052f]*$/;
const WIDE_IN_NARROW = 42 / 16;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

const count = (text, pattern) => text.match(pattern)?.length ?? 0;

/** The limits of the script that most of `text` is written in: `{lineChars, charsPerS, isWide, linesMax, gapMs}`. */
export function limitsFor(text, language) {
  const read = text.slice(0, READ_CHARS);
  const kana = count(read, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const han = count(read, /\p{Script=Han}/gu) + kana;
  const isJapanese = kana > han * KANA_SHARE || language?.split("-")[0] === "ja";
  // A character of Han says as much as several letters.
  const found = [...RULES.map(([pattern, rules]) => [count(read, pattern), rules]), [3 * han, isJapanese ? JAPANESE : CHINESE], [3 * count(read, /\p{Script=Hangul}/gu), KOREAN]];
  const [, rules] = found.reduce((most, one) => (one[0] > most[0] ? one : most));
  return { isWide: false, ...OF_ALL, ...rules };
}

/** How much a text counts of `lineChars` or `charsPerS`: its letters, a wide one as in the rules of its script. */
export function lengthOf(text, isWide) {
  if (!isWide && SIMPLE.test(text)) return text.length;
  let length = 0;
  for (const { segment } of graphemes.segment(text)) length += WIDE.test(segment) ? (isWide ? 1 : WIDE_IN_NARROW) : isWide ? 0.5 : 1;
  return length;
}

// By cue, as an edit makes another of the one that it changes and leaves all others: its own problems, and for what.
const known = new WeakMap();

function own(cue, limits, missing) {
  const kept = known.get(cue);
  if (kept?.limits === limits && kept.missing === missing) return kept;
  const lines = plainLines(cue.text);
  const made = { limits, missing, problems: [...ownProblems(cue, lines, limits, missing)] };
  known.set(cue, made);
  return made;
}

function* ownProblems(cue, lines, limits, missing) {
  const durationMs = cue.endMs - cue.startMs;
  if (durationMs <= 0) yield { kind: "order", values: {} };
  if (!lines.length) yield { kind: "empty", values: {} };
  const text = lines.join("");
  const without = missing.size ? [...new Set(text)].filter((one) => missing.has(one)) : [];
  if (without.length) yield { kind: "glyphs", values: { characters: without.join(" ") } };
  const speed = durationMs > 0 ? (lengthOf(text, limits.isWide) * 1000) / durationMs : 0;
  if (speed > limits.charsPerS) yield { kind: "speed", values: { n: Math.ceil(speed), max: limits.charsPerS } };
  const longest = Math.max(0, ...lines.map((line) => lengthOf(line, limits.isWide)));
  if (longest > limits.lineChars) yield { kind: "length", values: { n: Math.ceil(longest), max: limits.lineChars } };
  if (lines.length > limits.linesMax) yield { kind: "lines", values: { n: lines.length, max: limits.linesMax } };
}

/** Of a cue and the one that begins before it. */
function between(cue, previous, limits) {
  if (!previous) return null;
  const gapMs = cue.startMs - previous.endMs;
  if (gapMs < 0) return { kind: "overlap", values: {} };
  return gapMs > 0 && gapMs < limits.gapMs ? { kind: "gap", values: { n: gapMs, max: limits.gapMs } } : null;
}

const NONE = new Set();

/**
 * The problems of cues by key: `Map(key → [{kind, values}])`, the gravest first. `durationMs`: of the video, 0 where it
 * is not known; `missing`: the characters that no font has. Cues without a gap are not told; such with too short a one are.
 */
export function problemsOf(cues, limits, { durationMs = 0, missing = NONE } = {}) {
  const found = new Map();
  cues.forEach((cue, index) => {
    const { problems } = own(cue, limits, missing);
    const beyond = durationMs && cue.endMs > durationMs ? { kind: "beyond", values: { endMs: durationMs } } : null;
    const beside = between(cue, cues[index - 1], limits);
    if (!beyond && !beside) {
      if (problems.length) found.set(cue.key, problems);
      return;
    }
    const all = [...problems, beyond, beside].filter(Boolean);
    found.set(cue.key, all.sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind)));
  });
  return found;
}

/** How many cues have each kind of problem: `[[kind, n]]`, from the gravest. */
export function countsOf(problems) {
  const counts = new Map();
  for (const all of problems.values()) for (const kind of new Set(all.map((one) => one.kind))) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return KINDS.filter((kind) => counts.has(kind)).map((kind) => [kind, counts.get(kind)]);
}

/** The key of the next cue with a problem behind the one of `key`, `by` 1, or before it, -1; round the end. Null: none. */
export function nextProblem(cues, problems, key, by) {
  const from = cues.findIndex((cue) => cue.key === key);
  const start = from < 0 && by < 0 ? 0 : from;
  for (let n = 1; n <= cues.length; n += 1) {
    const cue = cues[(((start + n * by) % cues.length) + cues.length) % cues.length];
    if (problems.has(cue.key)) return cue.key;
  }
  return null;
}
