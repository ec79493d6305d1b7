/** Files that a language model answered with: in a fence, and with sentences around it. */
import { Findings } from "./findings.js";

const FENCE = /^[ \t\uFEFF]*(?:```+[^`\n]{0,60}|(?:~~~+|"{3}|'{3})[ \t]*[\p{L}\p{N}_+.-]*[ \t]*)$/gmu;
const CUES = /-->|→|^[^\S\n]*(?:\[\d+:\d\d|\{\d+\}\{\d|Dialogue:)/m;
const SIGNATURE = /^WEBVTT(?:[ \t][^\n]*)?$/m;

/** What is cut out: fences, and what they do not hold. */
function* outside(text) {
  const isProse = (start, end) => /\S/.test(text.slice(start, end)) && !CUES.test(text.slice(start, end));
  const [first, ...fences] = text.matchAll(FENCE);
  if (!first) {
    const signature = text.search(SIGNATURE);
    if (signature > 0 && isProse(0, signature)) yield [0, signature];
    return;
  }
  // A fence behind cues closes what no fence has opened.
  let isInside = CUES.test(text.slice(0, first.index));
  let end = first.index + first[0].length;
  yield [isInside ? first.index : 0, end];
  for (const fence of fences) {
    isInside = !isInside;
    const keeps = isInside || CUES.test(text.slice(end, fence.index));
    yield [keeps ? fence.index : end, fence.index + fence[0].length];
    end = fence.index + fence[0].length;
  }
  if (isInside && isProse(end, text.length)) yield [end, text.length];
}

/** `{text, found}`: what stands within the fences of a text, and where the reader notes what it finds. */
export function unwrapped(text) {
  const cuts = [...outside(text)];
  if (!cuts.length) return { text, found: new Findings() };
  const feeds = (start, end) => text.slice(start, end).split("\n").length - 1;
  let whole = "";
  let position = 0;
  for (const [start, end] of cuts) {
    whole += text.slice(position, start) + "\n".repeat(feeds(start, end));
    position = end;
  }
  whole += text.slice(position);
  const inside = whole.replace(/^\n+/, "");
  const linesBefore = whole.length - inside.length;
  const found = new Findings(linesBefore);
  let [line, counted] = [1, 0];
  for (const [start, end] of cuts) {
    const filled = start + Math.max(text.slice(start, end).search(/\S/), 0);
    line += feeds(counted, filled);
    counted = filled;
    found.add("answer_unwrapped", line - linesBefore);
  }
  return { text: inside, found };
}
