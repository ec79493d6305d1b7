/** Sizes, times and names as people write them, in the page's language. */
import { language } from "./i18n.js";

const STEPS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

const locale = () => (language() === "zh" ? "zh-Hans" : "en");

/** Decimal units, as file managers show them. */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: units[unit],
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value);
}

/** How long something takes: its two largest units. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    ["hour", Math.floor(seconds / 3600)],
    ["minute", Math.floor(seconds / 60) % 60],
    ["second", seconds % 60],
  ];
  const first = parts.findIndex(([, value], i) => value > 0 || i === parts.length - 1);
  return parts
    .slice(first, first + 2)
    .filter(([, value], i) => value > 0 || i === 0)
    .map(([unit, value]) =>
      new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "short" }).format(value),
    )
    .join(" ");
}

/** How long ago: in the largest unit that fits. */
export function ago(atMs, nowMs = Date.now()) {
  const seconds = Math.max(0, (nowMs - atMs) / 1000);
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (seconds >= length) return words.format(-Math.floor(seconds / length), unit);
  }
  return words.format(0, "second");
}

export const moment = (ms) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(ms);
export const clock = (ms) =>
  new Intl.DateTimeFormat(locale(), { timeStyle: "medium", hourCycle: "h23" }).format(ms);
export const day = (ms) => new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(ms);
export const count = (value) => new Intl.NumberFormat(locale()).format(value);
export const percent = (share) =>
  new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 }).format(share);

/** A place in a video: 1:02.500. */
export function timecode(ms, { millis = true } = {}) {
  const whole = Math.max(0, Math.round(ms));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor(whole / 60_000) % 60;
  const seconds = Math.floor(whole / 1000) % 60;
  const head = hours ? `${hours}:${two(minutes)}` : String(minutes);
  const tail = millis ? `.${String(whole % 1000).padStart(3, "0")}` : "";
  return `${head}:${two(seconds)}${tail}`;
}

/** A title that is an address, as its file and its host. */
export function shortTitle(title) {
  let url;
  try {
    url = new URL(title);
  } catch {
    return title;
  }
  if (!/^https?:$/.test(url.protocol)) return title;
  const last = url.pathname.split("/").filter(Boolean).at(-1);
  if (!last) return url.host;
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // It is no encoded text: shown as it is.
  }
  return `${name} – ${url.host}`;
}

const TYPES = { matroska: "MKA", "x-matroska": "MKV", mpeg: "MP3", jpeg: "JPEG", plain: "TXT" };

/** `video/mp4` as people call it: MP4. */
export function fileType(contentType) {
  const [kind, sub = ""] = contentType.split(";")[0].split("/");
  if (kind === "audio" && sub.endsWith("matroska")) return "MKA";
  return TYPES[sub] ?? sub.replace(/^x-/, "").toUpperCase();
}
