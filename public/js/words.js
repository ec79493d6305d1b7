/**
 * The words of a transcript: parted into paragraphs, found by time and by text. Pure.
 *
 * A word is `{startMs, endMs, text, confidence, speaker}`; its text begins with the space that stands before it.
 */
const PAUSE_MS = 2500; // Where nobody speaks for so long, something else begins.
const BREATH_MS = 800; // After a sentence.
const SHORT = 160; // Letters; a letter of Chinese, Japanese or Korean counts two.
const LONG = 420;
const LONGEST = 900;
/** Confidence, 0 to 1: what is below may be misheard. */
export const DOUBT = 0.5;
/** How long after its end a word is still the one that is being said. */
const LINGER_MS = 250;

const SENTENCE_END = /[.!?…。!?؟।]["'”’»)\]」』】]*$/;
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[\ud840-\ud8bf]/g;

const lettersOf = (text) => text.length + (text.match(WIDE)?.length ?? 0);

function beginsAnew(word, before, letters) {
  if ((word.speaker ?? "") !== (before.speaker ?? "")) return true;
  const pauseMs = word.startMs - before.endMs;
  if (pauseMs >= PAUSE_MS || letters >= LONGEST) return true;
  if (!SENTENCE_END.test(before.text)) return false;
  return letters >= LONG || (letters >= SHORT && pauseMs >= BREATH_MS);
}

/**
 * The paragraphs of `words`: `[{from, to, startMs, speaker, text, places}]`.
 *
 * The words are those from `from` until before `to`; `places` says where in `text` each begins. A paragraph ends
 * where the speaker changes, at a pause, or with a sentence when it is long.
 */
export function paragraphsOf(words) {
  const paragraphs = [];
  let letters = 0;
  words.forEach((word, index) => {
    let last = paragraphs.at(-1);
    if (!last || beginsAnew(word, words[index - 1], letters)) {
      last = { from: index, to: index, startMs: word.startMs, speaker: word.speaker ?? "", text: "", places: [] };
      paragraphs.push(last);
      letters = 0;
    }
    const lead = last.text ? word.text.length - word.text.trimStart().length : 0;
    last.places.push(last.text.length + lead);
    last.text += last.text ? word.text : word.text.trimStart();
    last.to = index + 1;
    letters += lettersOf(word.text);
  });
  return paragraphs;
}

/** The index of the last of `items` whose `startMs` is at or before `ms`; -1: all are later. */
export function lastAt(items, ms) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].startMs <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The index of the word that is being said at `ms`, -1 when none is. */
export function saidAt(words, ms) {
  const index = lastAt(words, ms);
  return index >= 0 && ms < words[index].endMs + LINGER_MS ? index : -1;
}

/** The paragraph that the word of this index stands in. */
export function paragraphOf(paragraphs, index) {
  let [low, high] = [0, paragraphs.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (paragraphs[middle].to <= index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The indices of the words that may be misheard. */
export const doubtful = (words) =>
  words.flatMap(({ confidence }, index) => (typeof confidence === "number" && confidence < DOUBT ? [index] : []));

/** A text as it is searched: letters of both cases are one, as long as that moves none of them. */
function folded(text) {
  const small = text.toLowerCase();
  return small.length === text.length ? small : text;
}

/** Where `query` stands: `[{paragraph, from, to}]`, the words from `from` until before `to`. */
export function find(paragraphs, query) {
  const wanted = folded(query.trim());
  const hits = [];
  if (!wanted) return hits;
  paragraphs.forEach((paragraph, number) => {
    const text = (paragraph.folded ??= folded(paragraph.text));
    const { places } = paragraph;
    let word = 0;
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      while (word + 1 < places.length && places[word + 1] <= at) word += 1;
      let end = word + 1;
      while (end < places.length && places[end] < at + wanted.length) end += 1;
      hits.push({ paragraph: number, from: paragraph.from + word, to: paragraph.from + end });
    }
  });
  return hits;
}
