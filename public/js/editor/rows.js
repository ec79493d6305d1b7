/** Where the rows of a long list are, of which only those that are seen are drawn. Pure. */

/** The tops of rows and, last, the height of all. `heights`: of those that were drawn, by key. */
export function topsOf(keys, heights, usual) {
  const tops = new Float64Array(keys.length + 1);
  for (let index = 0; index < keys.length; index += 1) tops[index + 1] = tops[index] + (heights.get(keys[index]) ?? usual);
  return tops;
}

/** The row that is at a place from the top. */
export function rowAt(tops, place) {
  let low = 0;
  let high = tops.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle] <= place) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** The rows to be drawn, in order: those from `top` for `height`, and `pinned` with its neighbours, which Tab leads to. */
export function drawnRows(tops, top, height, pinned) {
  const count = tops.length - 1;
  const drawn = new Set();
  if (count) for (let index = rowAt(tops, top); index <= rowAt(tops, top + height); index += 1) drawn.add(index);
  if (pinned >= 0) for (const index of [pinned - 1, pinned, pinned + 1]) if (index >= 0 && index < count) drawn.add(index);
  return [...drawn].sort((one, other) => one - other);
}
