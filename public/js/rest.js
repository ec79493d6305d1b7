/** When nothing is on its way that a person waits for: what may come later waits until then. */

const LOOK_MS = 100;
const STILL = 3; // So many looks without anything: between an answer and what is asked for with it is a moment.
const LONGEST_MS = 10_000;

let calls = 0;

/** Count a call for as long as `answer` is awaited. */
export async function counted(answer) {
  calls += 1;
  try {
    return await answer;
  } finally {
    calls -= 1;
  }
}

function isComing(image) {
  const { top, bottom } = image.getBoundingClientRect();
  return !image.complete && top < innerHeight && bottom > 0;
}

/** Resolves when no call and no picture in sight is awaited, at the latest after some seconds. */
export async function rest() {
  const until = performance.now() + LONGEST_MS;
  for (let still = 0; still < STILL && performance.now() < until; ) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    still = calls > 0 || [...document.images].some(isComing) ? 0 : still + 1;
  }
}
