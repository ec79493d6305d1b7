/** How fast bytes go, from what was sent in the last seconds (pure). */

const WINDOW_MS = 8000;
const LEAST_MS = 800;

export class Pace {
  #samples = []; // [[atMs, bytes]], oldest first.

  /** Note that `bytes` of all are there at `atMs`; fewer than before (a part begins anew) begin a new count. */
  add(atMs, bytes) {
    if (this.#samples.length && bytes < this.#samples.at(-1)[1]) this.#samples = [];
    this.#samples.push([atMs, bytes]);
    // One sample from before the window stays, so that a slow line has two.
    while (this.#samples.length > 2 && this.#samples[1][0] <= atMs - WINDOW_MS) this.#samples.shift();
  }

  stop() {
    this.#samples = [];
  }

  /** Bytes a second; null while that is not known. */
  rate() {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || last[0] - first[0] < LEAST_MS) return null;
    return ((last[1] - first[1]) / (last[0] - first[0])) * 1000;
  }

  /** How long the rest of `size` bytes will take, in ms; null while that is not known. */
  leftMs(size) {
    const rate = this.rate();
    return rate ? ((size - this.#samples.at(-1)[1]) / rate) * 1000 : null;
  }
}
