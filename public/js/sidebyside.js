/** Two tracks beside each other: which cues of one stand at the time of which of the other. Pure. */

/** Whether two cues share at least half of the shorter one's time. */
function together(one, other) {
  const shared = Math.min(one.endMs, other.endMs) - Math.max(one.startMs, other.startMs);
  const shorter = Math.min(one.endMs - one.startMs, other.endMs - other.startMs);
  return shared > 0 && shared * 2 >= shorter;
}

const byStart = (cues) => cues.toSorted((one, other) => one.startMs - other.startMs);

/**
 * Rows of cues that are shown together, in the order of time: `[{left, right}]`, each a list of cues,
 * one of which may be empty.
 */
export function aligned(leftCues, rightCues) {
  const [left, right] = [byStart(leftCues), byStart(rightCues)];
  const rows = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && together(left[i], right[j])) {
      const row = { left: [left[i++]], right: [right[j++]] };
      for (let grown = true; grown; ) {
        grown = true;
        if (i < left.length && together(left[i], row.right.at(-1))) row.left.push(left[i++]);
        else if (j < right.length && together(right[j], row.left.at(-1))) row.right.push(right[j++]);
        else grown = false;
      }
      rows.push(row);
    } else if (j >= right.length || (i < left.length && left[i].startMs <= right[j].startMs)) {
      rows.push({ left: [left[i++]], right: [] });
    } else {
      rows.push({ left: [], right: [right[j++]] });
    }
  }
  return rows;
}
