/**
 * What is wrong with a regular expression, in words of the page (pure): what a browser says of it is in English, each in
 * words of its own.
 */
const FAULTS = [
  [/numbers? (out of order|too large)/i, "numbers"],
  [/nothing to repeat|invalid quantifier/i, "repeat"],
  [/unmatched \]|raw bracket|quantifier/i, "bracket"],
  [/\\ at end/i, "escape_end"],
  [/property/i, "property"],
  [/name/i, "name"], // Before escapes: `\k<name>` is a named reference.
  [/escape|backreference/i, "escape"],
  [/unterminated (group|parenthetical)|missing \)/i, "open"],
  [/unmatched (\)|'\)'|parenthes)/i, "close"],
  [/unterminated character class|missing terminating \]/i, "class"],
  [/range|character class/i, "range"],
  [/group|flag|after \(\?/i, "group"],
  [/too (large|many|big)|overflow|exceeds/i, "large"],
];

/** Which fault a browser speaks of; the page's words on it are `find.fault_…`. */
export function faultIn(said) {
  const reason = said.split(": ").at(-1); // Some repeat the pattern before it.
  return FAULTS.find(([words]) => words.test(reason))?.[1] ?? "other";
}
