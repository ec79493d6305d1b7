/** The timeline's colours, which the stylesheet decides: a canvas can't read `light-dark()` or custom properties. */

const NAMES = ["ground", "wave", "speech", "ruler", "ink", "muted", "block", "block-line", "chosen", "chosen-line", "current", "current-line", "wrong", "playhead", "snap", "ghost", "thumb"];

/** `{name: colour}` as they are where `element` is, in its light or dark scheme. */
export function paletteOf(element) {
  const probe = document.createElement("i");
  probe.hidden = true;
  element.append(probe);
  const found = { font: getComputedStyle(element).fontFamily };
  for (const name of NAMES) {
    probe.style.color = `var(--timeline-${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/** Call `onChange` when the page goes from light to dark or back; returns what ends it. */
export function watchScheme(onChange) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = new MutationObserver(onChange);
  dark.addEventListener("change", onChange);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", onChange);
    chosen.disconnect();
  };
}
