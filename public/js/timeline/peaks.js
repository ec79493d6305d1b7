/** The peaks of a video's sound, as the burner writes them (docs/api.md). Pure. */

const MAGIC = 0x5647504b; // "VGPK"
const HEADER_BYTES = 28;
const FACTOR = 8;

/**
 * `{perS, durationMs, rate, speech, levels}` of a file; `levels[0]` are its peaks (0–255), each further level has the
 * highest of eight of the one before. Raises RangeError for another file.
 */
export function readPeaks(buffer) {
  const data = new DataView(buffer);
  if (data.byteLength < HEADER_BYTES || data.getUint32(0) !== MAGIC || data.getUint16(4, true) !== 1) throw new RangeError("no file of peaks");
  const [durationMs, numerator, denominator, spoken, count] = [8, 12, 16, 20, 24].map((at) => data.getUint32(at, true));
  const speech = Array.from({ length: spoken }, (_, i) => {
    const at = HEADER_BYTES + 8 * i;
    return { startMs: data.getUint32(at, true), endMs: data.getUint32(at + 4, true) };
  });
  const peaks = new Uint8Array(buffer, HEADER_BYTES + 8 * spoken, count);
  return { perS: data.getUint16(6, true), durationMs, rate: numerator ? { numerator, denominator } : null, speech, levels: levelsOf(peaks) };
}

function levelsOf(peaks) {
  const levels = [peaks];
  while (levels.at(-1).length > FACTOR) {
    const fine = levels.at(-1);
    const coarse = new Uint8Array(Math.ceil(fine.length / FACTOR));
    for (let i = 0; i < fine.length; i += 1) {
      const at = (i / FACTOR) | 0;
      if (fine[i] > coarse[at]) coarse[at] = fine[i];
    }
    levels.push(coarse);
  }
  return levels;
}

/** The highest peak of each of `count` columns of `msPerColumn` from `fromMs` on; 0 where there is no sound. */
export function columns({ perS, levels }, fromMs, msPerColumn, count) {
  let [level, ms] = [0, 1000 / perS];
  while (level + 1 < levels.length && ms * FACTOR <= msPerColumn) [level, ms] = [level + 1, ms * FACTOR];
  const peaks = levels[level];
  const found = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const from = Math.max(0, Math.floor((fromMs + i * msPerColumn) / ms));
    const to = Math.min(peaks.length, Math.max(from + 1, Math.floor((fromMs + (i + 1) * msPerColumn) / ms)));
    for (let at = from; at < to; at += 1) if (peaks[at] > found[i]) found[i] = peaks[at];
  }
  return found;
}
