/**
 * What waits to be written when the page goes, in the storage that writes before it answers: a browser may give up the
 * transactions of a page that leaves. The database takes it over with its next write, or when it is opened next.
 *
 * A key is `[owner, name]`. Where there is no such storage, or it is full, nothing is noted: no function here raises.
 */
const PREFIX = "media-jobs-draft-waiting";

const placeOf = (key) => PREFIX + JSON.stringify(key);

/** `act(storage)`; undefined where that fails. */
function within(act) {
  try {
    return act(localStorage);
  } catch {
    return undefined;
  }
}

/** `value`, plain data, waits to be written under `key` since `atMs`. */
export const note = (key, value, atMs) => within((storage) => storage.setItem(placeOf(key), JSON.stringify({ value, atMs })));

/** What waited until `untilMs` has been written, or is to be forgotten; what was noted later stays. */
export const forget = (key, untilMs = Infinity) => within((storage) => {
  const place = placeOf(key);
  const text = storage.getItem(place);
  if (text !== null && JSON.parse(text).atMs <= untilMs) storage.removeItem(place);
});

/** All that waits: `[{key, value, atMs}]`. */
export function noted() {
  const places = within((storage) => Object.keys(storage).filter((place) => place.startsWith(PREFIX))) ?? [];
  return places.flatMap((place) => within((storage) => [{ key: JSON.parse(place.slice(PREFIX.length)), ...JSON.parse(storage.getItem(place)) }]) ?? []);
}
