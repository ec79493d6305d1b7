/** Files that are dropped or pasted anywhere on the page where nothing else takes them. */
import { isSound, isVideo } from "./files.js";

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
const hasOwnPlace = (event) => Boolean(event.target.closest?.("input[type=file], .drop, dialog"));

/** The handles of dropped files, where the browser gives them: with one a file can be read again after a reload. */
async function withHandles(files, entries) {
  const handles = new Map();
  const found = await Promise.all(entries).catch(() => []);
  found.forEach((handle, index) => handle?.kind === "file" && handles.set(files[index], handle));
  return handles;
}

/** Call `onFiles(files, handles)` with what comes, `onOver(isOver)` while files are held over the page; returns what stops it. */
export function onDroppedFiles(onFiles, onOver) {
  const over = (event) => {
    if (!carriesFiles(event)) return;
    onOver(!hasOwnPlace(event));
    if (!event.defaultPrevented && !hasOwnPlace(event)) event.preventDefault();
  };
  const leave = (event) => event.relatedTarget ?? onOver(false);
  const drop = async (event) => {
    onOver(false);
    if (!carriesFiles(event) || event.defaultPrevented || hasOwnPlace(event)) return;
    event.preventDefault();
    const given = [...event.dataTransfer.items].filter(({ kind }) => kind === "file");
    const files = given.map((item) => item.getAsFile());
    // Asked for before the event is over.
    const entries = given.map((item) => item.getAsFileSystemHandle?.());
    onFiles(files, await withHandles(files, entries));
  };
  const paste = (event) => {
    // What office programs copy has a picture beside its text.
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => isVideo(file) || isSound(file));
    if (!files.length || event.target.closest?.("input, textarea, [contenteditable], dialog")) return;
    event.preventDefault();
    onFiles(files, new Map());
  };
  const listeners = { dragover: over, dragleave: leave, drop, paste };
  Object.entries(listeners).forEach(([name, listener]) => document.addEventListener(name, listener));
  return () => Object.entries(listeners).forEach(([name, listener]) => document.removeEventListener(name, listener));
}
