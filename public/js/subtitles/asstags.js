/** The override tags of ASS, as they stand within braces (`{\an8\b1}`): name and value of each. */
export const ASS_TAG =
  /\\\s*(fn|[1-4]?[ca](?=&|H|\\|$)|an|a(?=\d)|pos|move|org|i?clip|fade?|[xy]?(?:bord|shad)|be|blur|fsc[xy]|fsp|fr[xyz]?|fa[xy]|fs|fe|k[fot]?|K|pbo|p|q|r|t(?=\()|alpha|[bisu](?=\d|\\|$|\s))(\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\\]*)/g;

// Alignments of SSA: 1 to 3 below, and 4 more above, 8 more in the middle.
const OLDER = { 1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6 };

/** The key of `\an` or of the older `\a`; null for other tags and wrong values. */
export function keypadOf(name, given) {
  const value = /^\s*\d{1,2}\s*$/.test(given) ? Number(given) : 0;
  if (name === "an") return value >= 1 && value <= 9 ? value : null;
  return name === "a" ? (OLDER[value] ?? null) : null;
}
