/**
 * What of src/ goes up with a Worker: its own package and those that no Worker's main module lies in.
 * wrangler takes all that is in one folder and leaves nothing out, so a build gathers it there.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The file that makes a package a Worker's. */
const MAIN = "entry.py";

/** @param {string} folder @returns {string[]} the files below *folder* that Python imports */
function pythonFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/**
 * The modules of the Worker whose main module is *main*, without that one: wrangler adds it itself.
 * @param {string} main
 * @returns {{ name: string, file: string }[]} `name`: as uploaded, with `/` between folders
 */
export function sourcesOf(main) {
  const own = path.dirname(path.resolve(main));
  const source = path.dirname(own);
  return readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(source, entry.name))
    .filter((folder) => folder === own || !existsSync(path.join(folder, MAIN)))
    .flatMap(pythonFiles)
    .filter((file) => file !== path.join(own, path.basename(main)))
    .map((file) => ({ name: path.relative(source, file).replaceAll(path.sep, "/"), file }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Makes *target* the folder of these modules. Only what differs is written: others may read it at the same time.
 * @param {string} main
 * @param {string} target
 */
export function gather(main, target) {
  const sources = sourcesOf(main);
  const names = new Set(sources.map(({ name }) => path.join(target, name)));
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !names.has(file)) rmSync(file);
  }
  for (const { name, file } of sources) {
    const place = path.join(target, name);
    const contents = readFileSync(file);
    if (existsSync(place) && readFileSync(place).equals(contents)) continue;
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, contents);
  }
}
