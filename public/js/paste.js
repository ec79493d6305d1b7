/** A link that is pasted where nothing takes text. */

/** The address that `text` is, "" when it is anything else. */
export function linkIn(text) {
  const given = text.trim();
  return /^https?:\/\/\S+$/i.test(given) && URL.canParse(given) ? given : "";
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
