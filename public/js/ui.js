/** The parts that the views are made of. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";

const ICONS = {
  library: "M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z",
  jobs: "M4 6h16M4 12h16M4 18h10",
  settings: "M5 8h8m4 0h2M5 16h2m4 0h8M15 5.5v5M9 13.5v5",
  plus: "M12 5v14M5 12h14",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6 6 18",
  chevron: "m7 10 5 5 5-5",
  up: "m7 14 5-5 5 5",
  back: "m14 6-6 6 6 6",
  download: "M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M5 19.5h14",
  upload: "M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M5 19.5h14",
  wave: "M4 10v4m4-7v10m4-13v16m4-12v8m4-5v2",
  film: "M4 5h16v14H4zM4 9.5h16M4 14.5h16M9 5v4.5m6-4.5v4.5M9 14.5V19m6-4.5V19",
  subtitles: "M4 5h16v14H4zM7.5 15.5h9M9 12h6",
  comments: "M4 5h16v11h-8l-5 4v-4H4zM8 9h8M8 12h5",
  retry: "M19 8a8 8 0 1 0 1 6M19.5 3.5V8.5h-5",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 10.5v5.5m3-5.5v5.5",
  edit: "M5 19h3.5L19 8.5 15.5 5 5 15.5zM13 7.5l3.5 3.5",
  play: "M8 5.5v13l11-6.5z",
  pause: "M8.5 6v12M15.5 6v12",
  code: "m8.5 7.5-5 4.5 5 4.5m7-9 5 4.5-5 4.5",
  undo: "M8.5 5.5 4.5 9.5l4 4M4.5 9.5H14a5.5 5.5 0 0 1 0 11h-3",
  redo: "m15.5 5.5 4 4-4 4M19.5 9.5H10a5.5 5.5 0 0 0 0 11h3",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  key: "M14.5 9.5a4 4 0 1 1-4 4M11 13l8.5-8.5M16.5 7.5 19 10",
  alert: "M12 4 2.5 20h19zM12 10v4.5M12 17v.2",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6 1.4 1.4m0-13.4-1.4 1.4M6.7 17.3l-1.4 1.4",
  globe: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17z",
  split: "M12 4v16M8 8 4 12l4 4m8-8 4 4-4 4",
  merge: "M4 12h5m11 0h-5M7 9l3 3-3 3m10-6-3 3 3 3",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
  external: "M13 5h6v6M19 5l-8 8M17 14v5H5V7h5",
};

export const Icon = ({ name }) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS[name]} /></svg>`;

/** Say something to those who listen to the page instead of looking at it. */
export function announce(text) {
  const place = document.getElementById("announcer");
  if (place && place.textContent !== text) place.textContent = text;
}

const class_ = (...names) => names.filter(Boolean).join(" ");

export function Button({ kind = "", icon, busy, children, small, ...rest }) {
  return html`<button type="button" class=${class_("button", kind, small && "small", !children && "square")}
    aria-busy=${busy ? "true" : undefined} ...${rest} disabled=${busy || rest.disabled}>
    ${icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}
  </button>`;
}

export function LinkButton({ kind = "", icon, children, small, ...rest }) {
  return html`<a class=${class_("button", kind, small && "small")} ...${rest}>
    ${icon && html`<${Icon} name=${icon} />`}<span>${children}</span></a>`;
}

let lastId = 0;
export function useId(prefix) {
  const ref = useRef(null);
  ref.current ??= `${prefix}-${++lastId}`;
  return ref.current;
}

/** A labelled control. `control(id, describedBy)` makes it. */
export function Field({ label, note, error, control, compact }) {
  const id = useId("field");
  const about = note || error ? `${id}-about` : undefined;
  return html`<div class=${class_("field", compact && "compact")}>
    <label for=${id}>${label}</label>
    ${control(id, about)}
    ${about && html`<p id=${about} class=${error ? "form-error" : "note"}>${error || note}</p>`}
  </div>`;
}

export function TextField({ label, note, error, onValue, compact, ...rest }) {
  return html`<${Field} ...${{ label, note, error, compact }} control=${(id, about) =>
    html`<input id=${id} aria-describedby=${about} type="text" autocomplete="off" ...${rest}
      onInput=${(event) => onValue(event.target.value)} />`} />`;
}

/** A number with bounds, which says in words what is wrong with it; what is no number is not passed on, but for "" where it is `optional`. */
export function NumberField({ label, note, value, min, max, step = 1, onValue, compact, unit, optional, placeholder }) {
  const [error, setError] = useState("");
  const input = useRef(null);
  // Set here alone: what is being typed stays, whatever else is drawn meanwhile.
  useLayoutEffect(() => {
    input.current.value = value ?? "";
  }, [value]);
  const set = ({ target }) => {
    const number = target.valueAsNumber;
    if (optional && target.value === "" && !target.validity.badInput) onValue("");
    else if (!Number.isFinite(number)) return setError(t("ui.noNumber"));
    else {
      const within = Math.min(max ?? Infinity, Math.max(min ?? -Infinity, number));
      target.value = within;
      onValue(within);
      if (within !== number) return setError(t(number < within ? "ui.atLeast" : "ui.atMost", { n: within }));
    }
    return setError("");
  };
  return html`<${Field} ...${{ label, note, error, compact }} control=${(id, about) =>
    html`<span class="with-unit"><input id=${id} ref=${input} aria-describedby=${about} type="number" ...${{ min, max, step, placeholder }} onChange=${set} />${unit && html`<span class="unit" aria-hidden="true">${unit}</span>`}</span>`} />`;
}

export function RangeField({ label, value, min, max, step = 1, onValue, shown }) {
  return html`<${Field} label=${label} control=${(id) => html`<span class="range">
    <input id=${id} type="range" ...${{ min, max, step, value }} onInput=${(event) => onValue(event.target.valueAsNumber)} />
    <output for=${id}>${shown ?? value}</output></span>`} />`;
}

export function ColourField({ label, value, onValue }) {
  return html`<${Field} label=${label} control=${(id) => html`<span class="colour">
    <input id=${id} type="color" value=${value} onInput=${(event) => onValue(event.target.value.toUpperCase())} />
    <code aria-hidden="true">${value}</code></span>`} />`;
}

export function SelectField({ label, note, value, options, onValue, compact }) {
  return html`<${Field} ...${{ label, note, compact }} control=${(id, about) =>
    html`<select id=${id} aria-describedby=${about} value=${value} onChange=${(event) => onValue(event.target.value)}>
      ${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}
    </select>`} />`;
}

export function Check({ label, note, checked, onValue }) {
  const id = useId("check");
  return html`<div class="check"><input id=${id} type="checkbox" checked=${checked}
      aria-describedby=${note ? `${id}-note` : undefined} onChange=${(event) => onValue(event.target.checked)} />
    <label for=${id}>${label}</label>${note && html`<p class="note" id=${`${id}-note`}>${note}</p>`}</div>`;
}

/** One of a few, all seen at once. */
export function Segments({ label, value, options, onValue, hideLabel = true }) {
  const name = useId("segments");
  return html`<fieldset class="segments-field"><legend class=${hideLabel ? "visually-hidden" : ""}>${label}</legend>
    <div class="segments">${options.map(([key, text]) => html`<label key=${key}>
      <input type="radio" name=${name} value=${key} checked=${key === value} onChange=${() => onValue(key)} />
      <span>${text}</span></label>`)}</div></fieldset>`;
}

/** Links between parts of one view. */
export function Tabs({ label, current, tabs }) {
  const ref = useRef(null);
  useEffect(() => {
    // On a phone not all are in sight.
    const { offsetLeft = 0, offsetWidth = 0 } = ref.current.querySelector("[aria-current]") ?? {};
    ref.current.scrollLeft = offsetLeft - (ref.current.clientWidth - offsetWidth) / 2;
  }, [current, tabs.length]);
  return html`<nav class="tabs" ref=${ref} aria-label=${label}>${tabs.map(([key, text, href]) =>
    html`<a key=${key} href=${href} aria-current=${key === current ? "page" : undefined}>${text}</a>`)}</nav>`;
}

/** `onFile` gets the file and the field; of a field for `multiple` files, `onFiles` gets all. */
export function FileField({ label, note, accept, onFile, onFiles, multiple, icon = "upload", name }) {
  return html`<${Field} label=${label} note=${note} control=${(id, about) => html`<span class="file">
    <input id=${id} type="file" accept=${accept} aria-describedby=${about} multiple=${multiple}
      onChange=${({ target }) => target.files[0] && (onFiles ? onFiles([...target.files], target) : onFile(target.files[0], target))} />
    <span class="file-face" aria-hidden="true"><${Icon} name=${icon} /><span>${name || t("ui.chooseFile")}</span></span>
  </span>`} />`;
}

export const Badge = ({ tone = "", children }) => html`<span class=${class_("badge", tone)}>${children}</span>`;

/** `value` 0–1; null: it is not known how far. */
export function Progress({ value, label, text }) {
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  return html`<div class=${class_("track", share === null && "unknown")} role="progressbar" aria-label=${label}
    aria-valuemin="0" aria-valuemax="100" aria-valuenow=${share === null ? undefined : Math.round(share * 100)}
    aria-valuetext=${text}><div class="fill" style=${{ width: `${(share ?? 0.3) * 100}%` }}></div></div>`;
}

export function Empty({ icon, title, children }) {
  return html`<div class="empty"><span class="empty-icon"><${Icon} name=${icon} /></span>
    <h2>${title}</h2>${children}</div>`;
}

/** An error with what can be done: to try again, or what `verb` says. */
export function Trouble({ error, onRetry, verb }) {
  if (!error) return null;
  return html`<div class="banner bad" role="alert"><${Icon} name="alert" /><p>${error.message}</p>
    ${onRetry && html`<${Button} small onClick=${onRetry}>${verb ?? t("ui.tryAgain")}<//>`}</div>`;
}

/** A part that did not come: it is asked for again, or the page is. */
export function LoadTrouble({ error, onRetry }) {
  if (!error.isOutdated) return html`<${Trouble} error=${{ message: t("error.unreachable") }} onRetry=${onRetry} />`;
  return html`<${Trouble} error=${{ message: t("error.outdated") }} verb=${t("ui.reload")} onRetry=${() => location.reload()} />`;
}

export const Skeletons = ({ count = 3, kind = "row" }) =>
  html`<div class=${`skeletons ${kind}s`} role="status" aria-label=${t("ui.loading")}>
    ${Array.from({ length: count }, (_, i) => html`<div key=${i} class=${`skeleton ${kind}`}></div>`)}</div>`;

/** A modal dialog; Escape and the cross close it. */
export function Dialog({ title, onClose, children }) {
  const ref = useRef(null);
  const id = useId("dialog");
  useEffect(() => {
    const before = document.activeElement;
    ref.current.showModal();
    return () => before?.focus?.();
  }, []);
  return html`<dialog ref=${ref} aria-labelledby=${id} onClose=${onClose}
      onClick=${(event) => event.target === ref.current && ref.current.close()}>
    <div class="dialog-body"><header class="dialog-head"><h2 id=${id}>${title}</h2>
      <${Button} kind="quiet" icon="cross" aria-label=${t("ui.close")} onClick=${() => ref.current.close()} /></header>
    ${children}</div></dialog>`;
}

/** Ask before something that cannot be undone. */
export function Confirm({ title, text, verb, onYes, onClose, busy, error }) {
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <p>${text}</p><${Trouble} error=${error} />
    <div class="actions end"><${Button} onClick=${onClose}>${t("ui.keep")}<//>
      <${Button} kind="danger" busy=${busy} onClick=${onYes}>${verb}<//></div><//>`;
}

/** A secret that is shown once, with a button that copies it. */
export function Secret({ value, label }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(value).catch(() => {});
    setCopied(true);
    announce(t("ui.copied"));
  };
  return html`<div class="secret"><input readonly aria-label=${label} value=${value} onFocus=${(e) => e.target.select()} />
    <${Button} icon=${copied ? "check" : "copy"} onClick=${copy}>${copied ? t("ui.copied") : t("ui.copy")}<//></div>`;
}

/** Ask for the next page when the end of the list comes into view; the button works as well. */
export function More({ pages }) {
  const ref = useRef(null);
  useEffect(() => {
    if (!pages.more || !ref.current) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && pages.next(), { rootMargin: "400px" });
    observer.observe(ref.current);
    return () => observer.disconnect();
  });
  if (!pages.more) return null;
  return html`<div class="more" ref=${ref}><${Button} busy=${pages.loading} onClick=${pages.next}>${t("ui.more")}<//></div>`;
}

export const Page = ({ title, lead, actions, children, back, narrow }) => html`
  <div class=${class_("page", narrow && "narrow")}>
    ${back && html`<a class="back" href=${back[1]}><${Icon} name="back" />${back[0]}</a>`}
    <header class="page-head"><div><h1 tabindex="-1">${title}</h1>${lead && html`<p class="lead">${lead}</p>`}</div>
      ${actions && html`<div class="actions">${actions}</div>`}</header>
    ${children}</div>`;
