/**
 * The times of words inside a cue's text (WebVTT's cue timestamp objects, `<00:00:01.500>`): left out where a person
 * edits the text, and put back where the words are that they belong to. Pure.
 */
import { timestamp } from "./vtt.js";

const STAMP = /<(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})>/g;

const msOf = ([, hours = "0", minutes, seconds, millis]) => ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(millis);

export const withoutTimes = (text) => text.replace(STAMP, "");

/** Where times stand: `[{at, stamp}]`, `at` in the text without them. */
function placesOf(timed) {
  let before = 0;
  return [...timed.matchAll(STAMP)].map((match) => {
    const at = match.index - before;
    before += match[0].length;
    return { at, stamp: match[0] };
  });
}

/** How many letters two texts have in common at their beginning, at most `most`. */
function common(one, two, most) {
  let length = 0;
  while (length < most && one[length] === two[length]) length += 1;
  return length;
}

const reversed = (text) => [...Array(text.length)].map((_, index) => text[text.length - 1 - index]);

/**
 * `shown`, a changed text without times, with those of `timed`, the text before the change.
 *
 * What stands before and behind the change keeps its times. A time where the change begins stays there, unless
 * whole words were put in front of the word that it belongs to.
 */
export function withTimes(shown, timed) {
  const places = placesOf(timed);
  if (!places.length || !shown.trim()) return shown;
  const former = withoutTimes(timed);
  const most = Math.min(former.length, shown.length);
  const head = common(former, shown, most);
  const tail = common(reversed(former), reversed(shown), most - head);
  const inserted = shown.slice(head, shown.length - tail);
  const moved = new Map(); // Of two times at one place the later counts.
  for (const { at, stamp } of places) {
    const isBehind = at >= former.length - tail;
    const stays = at < head || (at === head && !(isBehind && /\s$/.test(inserted)));
    if (stays) moved.set(at, stamp);
    else if (isBehind) moved.set(at + shown.length - former.length, stamp);
  }
  return putBack(shown, moved);
}

function putBack(shown, moved) {
  let [text, from] = ["", 0];
  for (const [at, stamp] of [...moved].sort(([one], [two]) => one - two)) {
    if (at >= shown.length) break;
    text += shown.slice(from, at) + stamp;
    from = at;
  }
  return text + shown.slice(from);
}

/** The place in `timed` of a place in its text without times; a time that stands there comes behind it. */
export function placeIn(timed, at) {
  const before = placesOf(timed).filter((place) => place.at < at);
  return at + before.reduce((length, { stamp }) => length + stamp.length, 0);
}

/** Without the time that a text begins with, and that in ms: `[ms or null, text]`. */
export function firstTime(timed) {
  const match = new RegExp(`^\\s*${STAMP.source}`).exec(timed);
  return match ? [msOf(match), timed.slice(match[0].length)] : [null, timed];
}

/** With all times put through `place`; none is before 0. */
export const withEachTime = (timed, place) => timed.replace(STAMP, (...match) => `<${timestamp(Math.max(0, place(msOf(match))))}>`);

/** With all times moved by `byMs`; none is before 0. */
export const movedBy = (timed, byMs) => withEachTime(timed, (ms) => ms + byMs);

/** The times in a text: `[{at, ms}]`, `at` in the text without them. */
export const timesIn = (timed) => placesOf(timed).map(({ at, stamp }) => ({ at, ms: firstTime(stamp)[0] }));
