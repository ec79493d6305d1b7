/** A link that is pasted where nothing takes text. */

/** The address that `text` is, "" when it is anything else. */
export function linkIn(text) {
  const given = text.trim();
  return /^https?:\/\/\S+$/i.test(given) && URL.canParse(given) ? given : "";
}

const WITHIN = /https?:\/\/[^\s<>"'，。！？；、（）【】《》「」“”‘’]+/giu;
const BARE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?\/\S*$/i;

/** The address in `text` as apps share it: alone, with words around it, or without `https://`; "" for none or several. */
export function sharedLink(text) {
  const given = text.trim();
  if (linkIn(given)) return given;
  const found = new Set((given.match(WITHIN) ?? []).map((link) => link.replace(/[.,;:!?)\]]+$/, "")).filter(linkIn));
  if (found.size) return found.size === 1 ? [...found][0] : "";
  return BARE.test(given) ? linkIn(`https://${given}`) : "";
}

/** Call `onLink` with each link that is pasted while no field has the focus; returns what stops it. */
export function onPastedLink(onLink) {
  const listen = (event) => {
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    const url = linkIn(event.clipboardData?.getData("text/plain") ?? "");
    if (url) onLink(url);
  };
  document.addEventListener("paste", listen);
  return () => document.removeEventListener("paste", listen);
}
