/** Links that are given one a line (pure). */
import { linkIn } from "../paste.js";

/** The lines that say something: `[{line, text, url}]`; `line` counts from 1, `url` is "" where it is no link. */
export const linesOf = (text) =>
  text
    .split(/\r\n?|\n/)
    .map((line, index) => ({ line: index + 1, text: line.trim(), url: linkIn(line) }))
    .filter(({ text: said }) => said);
