/**
 * Three-way merges of cues. Pure.
 *
 * Cues are the same that have one `key`. Those of another version, whose keys count its own file, are given the keys
 * of the cues that they once were (`alignedTo`): by times and text, by times, by text, by the time that they share, by id.
 */
import { newKey } from "../cues.js";

const TIMES = ["startMs", "endMs"];

const same = (one, two) => JSON.stringify(one) === JSON.stringify(two);

/** What a cue says, by what is merged by itself; in one order, wherever the cue was made. */
function partsOf(cue) {
  const { key, startMs, endMs, ...rest } = cue;
  return { times: [startMs, endMs], ...Object.fromEntries(Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1))) };
}

const cueOf = (key, { times: [startMs, endMs], ...rest }) => ({ key, startMs, endMs, ...rest });

/** Whether two cues, or two lists of them, say the same, whatever their keys. */
export const saysSame = (one, two) =>
  one === two || (one.length === two.length && one.every((cue, at) => cue === two[at] || same(partsOf(cue), partsOf(two[at]))));

/**
 * One cue of three: `{cue, fields}`; `fields` are those that both have changed, in different ways. There mine stays.
 * The same object as `mine` where nothing comes from theirs.
 */
function mergeCue(base, mine, theirs) {
  const [b, m, t] = [base, mine, theirs].map((cue) => (cue ? partsOf(cue) : {}));
  const merged = { ...m };
  const fields = [];
  let isTheirs = false;
  for (const field of new Set([...Object.keys(m), ...Object.keys(t)])) {
    if (same(m[field], t[field]) || same(t[field], b[field])) continue;
    if (same(m[field], b[field])) {
      merged[field] = t[field];
      isTheirs = true;
    } else fields.push(field);
  }
  return { cue: isTheirs ? cueOf(mine.key, merged) : mine, fields };
}

const byKey = (cues) => new Map(cues.map((cue) => [cue.key, cue]));

/** `list` with `more`, cues that `order` has too, each behind the one that it follows there. */
function withOthers(list, more, order) {
  if (more.size === 0) return list;
  const behind = new Map(); // key -> the cues that stand behind it; undefined: before all.
  const placed = new Set(list.map(({ key }) => key));
  let last;
  for (const { key } of order) {
    if (more.has(key)) behind.set(last, [...(behind.get(last) ?? []), more.get(key)]);
    else if (placed.has(key)) last = key;
  }
  return [...(behind.get(undefined) ?? []), ...list.flatMap((cue) => [cue, ...(behind.get(cue.key) ?? [])])];
}

/**
 * What `mine` and `theirs`, both made of `base`, say together: `{cues, conflicts}`.
 *
 * A conflict is `{key, fields, mine, theirs}`: `fields` are "times", "text", … where both have been changed in different
 * ways, and mine is kept; of a cue that one has changed and the other removed there are none, and it is kept, `mine` or
 * `theirs` being null. `cues` is `mine` itself where nothing comes from theirs.
 */
export function mergeCues(base, mine, theirs) {
  const [before, other] = [byKey(base), byKey(theirs)];
  const conflicts = [];
  const kept = mine.flatMap((cue) => {
    const [b, t] = [before.get(cue.key), other.get(cue.key)];
    if (t) {
      const { cue: merged, fields } = mergeCue(b, cue, t);
      if (fields.length) conflicts.push({ key: cue.key, fields, mine: cue, theirs: t });
      return [merged];
    }
    if (!b) return [cue];
    if (saysSame([cue], [b])) return [];
    conflicts.push({ key: cue.key, fields: [], mine: cue, theirs: null });
    return [cue];
  });
  const own = byKey(mine);
  const more = new Map();
  for (const cue of theirs) {
    const b = before.get(cue.key);
    if (own.has(cue.key) || (b && saysSame([b], [cue]))) continue;
    more.set(cue.key, cue);
    if (b) conflicts.push({ key: cue.key, fields: [], mine: null, theirs: cue });
  }
  const isMine = more.size === 0 && kept.length === mine.length && kept.every((cue, at) => cue === mine[at]);
  return { cues: isMine ? mine : withOthers(kept, more, theirs), conflicts };
}

/** What tells a cue from others, the surest first; null: nothing. */
const SIGNATURES = [
  (cue) => [cue.startMs, cue.endMs, cue.text],
  (cue) => [cue.startMs, cue.endMs],
  (cue) => cue.text || null,
];

/**
 * `theirs`, cues of another version, with the keys of the cues of `known` that they are; the others with new keys. The same
 * list where that changes nothing.
 * `known`: lists of cues whose keys are meant, the first going before.
 */
export function alignedTo(theirs, ...known) {
  const keys = new Map(); // Index in theirs -> key.
  const used = new Set();
  for (const list of known) {
    for (const signature of SIGNATURES) pair(theirs, list, signature, keys, used);
    pairByTime(theirs, list, keys, used);
    // Last: many files have numbers for names, and other ones after each edit.
    pair(theirs, list, (cue) => cue.id || null, keys, used);
  }
  const isSame = theirs.every((cue, at) => keys.get(at) === cue.key);
  return isSame ? theirs : theirs.map((cue, at) => ({ ...cue, key: keys.get(at) ?? newKey() }));
}

/** Pair those that say the same of themselves, in their order. */
function pair(theirs, list, signature, keys, used) {
  const open = new Map();
  for (const cue of list) {
    const said = used.has(cue.key) ? null : signature(cue);
    if (said !== null) open.set(JSON.stringify(said), [...(open.get(JSON.stringify(said)) ?? []), cue.key]);
  }
  theirs.forEach((cue, at) => {
    const said = keys.has(at) ? null : signature(cue);
    const key = said === null ? undefined : open.get(JSON.stringify(said))?.shift();
    if (key === undefined) return;
    keys.set(at, key);
    used.add(key);
  });
}

/** Pair those that share more than half of the time of both; both lists are walked once, by their starts. */
function pairByTime(theirs, list, keys, used) {
  const byStart = (one, two) => one.startMs - two.startMs;
  const open = list.filter(({ key }) => !used.has(key)).sort(byStart);
  const asked = theirs.map((cue, at) => ({ ...cue, at })).filter(({ at }) => !keys.has(at)).sort(byStart);
  let from = 0;
  for (const { at, startMs, endMs } of asked) {
    while (open[from] && open[from].endMs <= startMs) from += 1;
    for (let i = from; open[i] && open[i].startMs < endMs; i += 1) {
      const shared = Math.min(endMs, open[i].endMs) - Math.max(startMs, open[i].startMs);
      if (used.has(open[i].key) || shared * 2 <= Math.max(endMs - startMs, open[i].endMs - open[i].startMs)) continue;
      keys.set(at, open[i].key);
      used.add(open[i].key);
      break;
    }
  }
}

/** What has changed from `before` to `after`: `{cues, removed}`, cues with the key of the one that they stand behind. */
export function changesOf(before, after) {
  const known = byKey(before);
  const cues = [];
  after.forEach((cue, at) => {
    const old = known.get(cue.key);
    if (old !== cue && !(old && saysSame([old], [cue]))) cues.push({ cue, behind: after[at - 1]?.key ?? null });
    known.delete(cue.key);
  });
  return { cues, removed: [...known.keys()] };
}

/** `list` after changes as `changesOf` tells them; the same list where nothing changes. */
export function withChanges(list, { cues, removed }) {
  const gone = new Set(removed);
  const places = new Map(list.map((cue, at) => [cue.key, at]));
  const changed = new Map(cues.filter(({ cue }) => places.has(cue.key)).map(({ cue }) => [cue.key, cue]));
  let next = list.some(({ key }) => gone.has(key) || changed.has(key)) ? list.filter(({ key }) => !gone.has(key)).map((cue) => changed.get(cue.key) ?? cue) : list;
  for (const { cue, behind } of cues) {
    if (places.has(cue.key)) continue;
    const at = behind === null ? 0 : next.findIndex(({ key }) => key === behind) + 1;
    const place = behind === null || at > 0 ? at : next.findLastIndex(({ startMs }) => startMs <= cue.startMs) + 1;
    next = next.toSpliced(place, 0, cue);
  }
  return next;
}
