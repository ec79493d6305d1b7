/**
 * Randomness while a Worker starts. In production the values drawn at import time would be frozen
 * into the deployed snapshot and repeated in every isolate, so Cloudflare refuses them; so does this.
 */

/** WASI's errno for an input/output error: `os.urandom` then raises OSError. */
const EIO = 29;

/**
 * `fixed`: a hash seed may be drawn, and is a constant. `refused`: while the main module is imported.
 * @type {{ mode: "fixed" | "refused" | "real" }}
 */
const state = { mode: "fixed" };

/** @param {"fixed" | "refused" | "real"} mode */
export function setEntropy(mode) {
  state.mode = mode;
}

/**
 * Wrap the interpreter's only source of randomness.
 * @param {(buffer: number, size: number) => number} original
 */
export function randomGet(original) {
  return (/** @type {number} */ buffer, /** @type {number} */ size) => {
    if (state.mode === "refused") return EIO;
    // Constant: the buffer is left as it is, which nothing but hash seeds depends on.
    return state.mode === "fixed" ? 0 : original(buffer, size);
  };
}
