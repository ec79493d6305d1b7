/** Which version of a track goes before which, and what a draft is of. Pure; versions are as the API lists them. */

/**
 * The versions that are edits of the one that `line` is of, the newest first, but for its own.
 *
 * A line is `{root, own, seenMs}`: `root`, the version that is edited (null: none yet); `own`, the one that was saved by
 * itself since, whose place the next one takes (null: none); `seenMs`: when the newest one was made that the editing knows.
 * `language`: of the line, null where it has none.
 */
export function newerThan(versions, { root, own, seenMs }, language = null) {
  const isLater = (version) => version.createdAt > seenMs && version.inputId !== own;
  // Its root is gone where somebody else saved by themselves: what they have saved since is an edit of it.
  const isLost = root !== null && !versions.some(({ inputId }) => inputId === root);
  if (isLost) return versions.filter((version) => isLater(version) && version.origin === "edit" && (version.language ?? null) === language);
  if (root === null) return versions.filter(isLater);
  const line = new Set([root, own]);
  // Oldest first: an edit comes after what it was made of.
  for (const { inputId, origin, parent } of [...versions].reverse()) if (origin === "edit" && line.has(parent)) line.add(inputId);
  return versions.filter((version) => line.has(version.inputId) && version.inputId !== root && isLater(version));
}

/** Whether a draft of `line` is one of the version `inputId` (null: of a media without one). */
export const isDraftOf = (line, inputId, versions, language) =>
  line.root === inputId || (inputId !== null && (line.own === inputId || newerThan(versions, line, language).some((version) => version.inputId === inputId)));

/** Whether two tabs edit the same. */
export const isSameLine = (one, two) =>
  one.root === two.root || (one.own !== null && (one.own === two.root || one.own === two.own)) || (two.own !== null && two.own === one.root);

/** `merged` with the lines of `theirs`, the file that is edited from now on; `base`: with those of the file before. */
export function relined(merged, base, theirs) {
  const keys = new Map(base.filter(({ line }) => line).map(({ key, line }) => [line, key]));
  const lines = new Map(theirs.map(({ key, line }) => [key, line]));
  return merged.map((cue) => (lines.has(cue.key) || !cue.line ? cue : { ...cue, line: lines.get(keys.get(cue.line)) }));
}
