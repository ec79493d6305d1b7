/**
 * Forms that keep what was typed: over the page's views, Back and Forward, and reload, until they are sent or cleared.
 *
 * What is plain data is in the tab's sessionStorage, a person's own; files are kept as long as the page, and so are
 * `secrets`, which no storage gets.
 */
import { useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { owner } from "./owner.js";

const PREFIX = "media-jobs-form";
const inPage = new Map(); // Storage key -> the value, files and secrets included.
const listeners = new Set(); // Of those who show whether there is something.

const tell = () => listeners.forEach((listener) => listener());

const keyOf = (name) => `${PREFIX}/${owner()}/${name}`;

const isPlain = (value) => {
  if (value === null || typeof value !== "object") return typeof value !== "function";
  const isData = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isData && Object.values(value).every(isPlain);
};

function read(key) {
  if (inPage.has(key)) return inPage.get(key);
  try {
    const text = sessionStorage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function write(key, value, secrets) {
  inPage.set(key, value);
  tell();
  try {
    if (!isPlain(value)) return sessionStorage.removeItem(key);
    const open = secrets.length ? Object.fromEntries(Object.entries(value).filter(([name]) => !secrets.includes(name))) : value;
    return sessionStorage.setItem(key, JSON.stringify(open));
  } catch {
    return undefined; // Kept as long as the page.
  }
}

function forget(key) {
  inPage.delete(key);
  try {
    sessionStorage.removeItem(key);
  } catch {
    // There was nothing.
  }
}

const isForm = (value) => value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

/**
 * As useState, but kept under `name`: `[value, set]`. Of a form, an object, the fields that are not kept are those of
 * `initial`. `secrets`: fields that no storage gets.
 */
export function useKept(name, initial, { secrets = [] } = {}) {
  const key = useRef(keyOf(name)).current;
  const [value, setValue] = useState(() => {
    const first = typeof initial === "function" ? initial() : initial;
    const kept = read(key);
    if (kept === undefined) return first;
    return isForm(first) && isForm(kept) ? { ...first, ...kept } : kept;
  });
  const latest = useRef(value);
  const set = (next) => {
    latest.current = typeof next === "function" ? next(latest.current) : next;
    write(key, latest.current, secrets);
    setValue(latest.current);
  };
  return [value, set];
}

const namesUnder = (prefix) => {
  let stored = [];
  try {
    stored = Object.keys(sessionStorage);
  } catch {
    // Storage is forbidden.
  }
  return [...new Set([...inPage.keys(), ...stored])].filter((key) => key.startsWith(keyOf(prefix)));
};

/** Whether anything is kept under names that begin with `prefix`. */
export const hasKept = (prefix) => namesUnder(prefix).length > 0;

/** Forget what is kept under names that begin with `prefix`: the form was sent, or is to be empty again. */
export function forgetKept(prefix) {
  namesUnder(prefix).forEach(forget);
  tell();
}

/** What a form's *Cancel* does: forget it, and then `onClose`. */
export const cancel = (prefix, onClose) => () => {
  forgetKept(prefix);
  onClose();
};

/** `hasKept`, kept up to date. */
export function useHasKept(prefix) {
  const [, again] = useState(0);
  useEffect(() => {
    const listener = () => again((count) => count + 1);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
  return hasKept(prefix);
}
