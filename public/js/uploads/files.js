/** Files that are uploaded: what they are, and whether one is the same as another (pure). */

const TYPES = { mkv: "video/x-matroska", mov: "video/quicktime", webm: "video/webm", avi: "video/x-msvideo" };
const TITLE_CHARS_MAX = 300;

export const isVideo = (file) => file.type.startsWith("video/") || /\.(mp4|m4v|mov|mkv|webm|avi|ts)$/i.test(file.name);
export const isSound = (file) => file.type.startsWith("audio/") || /\.(mp3|m4a|mka|wav|flac|ogg|opus|aac)$/i.test(file.name);

/** `{contentType, sizeBytes}` of a file: what the app wants to know before an upload. */
export function announce(file) {
  const suffix = file.name.split(".").at(-1).toLowerCase();
  const contentType = file.type.startsWith("video/") ? file.type : (TYPES[suffix] ?? "video/mp4");
  return { contentType, sizeBytes: file.size };
}

/** What a media is called that is made of a file. */
export const titleOf = (file) => file.name.replace(/\.[^.]+$/, "").trim().slice(0, TITLE_CHARS_MAX) || "Untitled";

/** What is kept of a file to know it again. */
export const identityOf = ({ name, size, lastModified }) => ({ name, size, lastModified });

/** Whether a file that is given again is, by its name, size and time, the one that was begun. */
export const isSame = (identity, file) =>
  identity.name === file.name && identity.size === file.size && identity.lastModified === file.lastModified;

/** The bytes of part `number` (from 1) of a file: `[from, to)`. */
export function spanOf(number, partSizeBytes, size) {
  const from = (number - 1) * partSizeBytes;
  return [from, Math.min(from + partSizeBytes, size)];
}

/** The numbers of the parts that are not `done` (`{number: …}`). */
export const missingParts = (count, done) => Array.from({ length: count }, (_, index) => index + 1).filter((number) => !done[number]);
