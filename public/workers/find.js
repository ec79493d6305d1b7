/**
 * Find and replace in texts of cues: pure; as a worker it answers what it is asked, as a pattern can take for ever. It is served as it is,
 * so it imports nothing.
 *
 * A query is `{find, replace, isRegex, matchCase, wholeWords}`; texts are
 * `[[key, text]]`.
 */

/** The most matches that are found. */
export const MATCHES_MAX = 100_000;

const LITERAL = /[\\^$.*+?()[\]{}|/-]/g;
const ESCAPES = { n: "\n", t: "\t", "\\": "\\" };
// Where a word begins or ends, of any script: `\b` knows those of ASCII alone.
const WORD = "[\\p{L}\\p{M}\\p{N}_]";

/** The pattern of a query, or why it is none: `{pattern}` or `{fault}`, the browser's words on it; both empty without one. */
export function patternOf({ find, isRegex, matchCase, wholeWords }) {
  if (!find) return {};
  const source = isRegex ? find : find.replace(LITERAL, "\\$&");
  const whole = wholeWords ? `(?<!${WORD})(?:${source})(?!${WORD})` : source;
  try {
    // Alone first: what is wrong with it is told of what was typed.
    if (isRegex) new RegExp(find, "u");
    return { pattern: new RegExp(whole, `gmu${matchCase ? "" : "i"}`) };
  } catch (error) {
    return { fault: error.message.replace(/^Invalid regular expression: /, "") };
  }
}

/** Where the pattern is found: `[[key, from, to]]`, in the order of the texts; what is empty is not found. */
export function matchesIn(texts, pattern) {
  const found = [];
  for (const [key, text] of texts) {
    for (const match of text.matchAll(pattern)) {
      if (match[0]) found.push([key, match.index, match.index + match[0].length]);
      if (found.length >= MATCHES_MAX) return found;
    }
  }
  return found;
}

const replacementOf = ({ replace, isRegex }) => (isRegex ? replace.replace(/\\([nt\\])/g, (_, letter) => ESCAPES[letter]) : replace.replaceAll("$", "$$$$"));

/** The texts that change when every match is replaced: `[[key, text]]`; `only`, `[key, from]`, names a single one. */
export function replaced(texts, pattern, query, only = null) {
  const replacement = replacementOf(query);
  const changed = [];
  for (const [key, text] of texts) {
    if (only && only[0] !== key) continue;
    const next = only ? replacedAt(text, pattern, replacement, only[1]) : text.replace(pattern, replacement);
    if (next !== text) changed.push([key, next]);
  }
  return changed;
}

/** With the match that begins at `from` replaced, as it is in its place: what stands around it counts. */
function replacedAt(text, pattern, replacement, from) {
  const sticky = new RegExp(pattern.source, `${pattern.flags.replace("g", "")}y`);
  sticky.lastIndex = from;
  return text.replace(sticky, replacement);
}

/** What a worker is asked: `{texts, query, only}` without `only` for what is found; its answer, `{found}` or `{changed}`. */
export function answerTo({ verb, texts, query, only }) {
  const { pattern, fault } = patternOf(query);
  if (!pattern) return { fault };
  return verb === "find" ? { found: matchesIn(texts, pattern) } : { changed: replaced(texts, pattern, query, only) };
}

if (globalThis.WorkerGlobalScope) addEventListener("message", ({ data }) => postMessage({ id: data.id, ...answerTo(data) }));
