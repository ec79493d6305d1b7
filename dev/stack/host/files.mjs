/**
 * The Python files of a Worker, as one blob: all of `src/` and `python_modules/` that a deploy uploads. They can be
 * read alone, as in production.
 */
const READABLE = 0o444;
const SEARCHABLE = 0o555;

/**
 * @param {any} FS Emscripten's file system.
 * @param {string} root
 * @param {{ path: string, size: number }[]} index in the order of the blob.
 * @param {ArrayBuffer} blob
 */
export function writeFiles(FS, root, index, blob) {
  const made = new Set();
  let offset = 0;
  for (const { path, size } of index) {
    const target = `${root}/${path}`;
    const folder = target.slice(0, target.lastIndexOf("/"));
    if (!made.has(folder)) {
      FS.mkdirTree(folder);
      made.add(folder);
    }
    // canOwn: the file system keeps this view of the blob instead of a copy.
    FS.writeFile(target, new Uint8Array(blob, offset, size), { canOwn: true, mode: READABLE });
    offset += size;
  }
  for (const folder of [...made, root]) FS.chmod(folder, SEARCHABLE);
}
