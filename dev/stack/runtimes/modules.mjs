/** The modules of a Python Worker: exactly the files that `wrangler deploy` uploads. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { sourcesOf } from "../../upload/sources.mjs";

/**
 * @typedef {object} Module
 * @property {string} name as uploaded, with `/` between folders
 * @property {string} file where it is on disk
 */

/**
 * All files below *folder*, relative to it. A symlinked folder is not entered, as in wrangler.
 * @param {string} folder
 * @returns {Generator<string>}
 */
function* filesBelow(folder, prefix = "") {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = prefix + entry.name;
    if (entry.isDirectory()) yield* filesBelow(path.join(folder, entry.name), `${name}/`);
    else yield name;
  }
}

/** @param {string} folder @param {string} main @param {string[]} globs @returns {Module[]} */
function modulesBelow(folder, main, globs) {
  return [...filesBelow(folder)]
    .filter((name) => globs.some((glob) => path.matchesGlob(name, glob)))
    .map((name) => ({ name, file: path.join(folder, name) }))
    .filter(({ file }) => file !== main);
}

/**
 * Whether a build makes `base_dir`: the main module lies elsewhere.
 * @param {{ main: string, base_dir: string }} config
 */
export function isGathered({ main, base_dir }) {
  return path.relative(base_dir, main).startsWith("..");
}

/**
 * wrangler's rules: the entry goes up as its basename, what the module rules match below `base_dir`
 * under its path, and all of `python_modules/` beside the config except what the config excludes.
 * A `base_dir` that a build makes is not read: here is what the build would put there.
 * @param {{ configPath: string, main: string, base_dir: string, python_modules: { exclude: string[] } }} config
 * @param {{ include: string[] }[]} rules of `unstable_getMiniflareWorkerOptions`
 * @returns {Module[]}
 */
export function uploadedModules(config, rules) {
  if (!existsSync(config.main)) throw new Error(`${config.configPath}: there is no ${config.main}`);
  const globs = rules.flatMap((rule) => rule.include);
  /** @type {Module[]} */
  const modules = [{ name: path.basename(config.main), file: config.main }];
  if (isGathered(config)) modules.push(...sourcesOf(config.main));
  else modules.push(...modulesBelow(config.base_dir, config.main, globs));
  const vendored = path.join(path.dirname(config.configPath), "python_modules");
  for (const name of filesBelow(vendored)) {
    if (!config.python_modules.exclude.some((glob) => path.matchesGlob(name, glob))) {
      modules.push({ name: `python_modules/${name}`, file: path.join(vendored, name) });
    }
  }
  return modules;
}

/** @param {Module[]} modules */
export function read(modules) {
  return modules.map(({ name, file }) => ({ path: name, contents: readFileSync(file) }));
}

/**
 * The files as one blob with an index, which the host unpacks without a copy.
 * @param {{ path: string, contents: Buffer }[]} files
 */
export function pack(files) {
  const index = files.map(({ path, contents }) => ({ path, size: contents.length }));
  return { index, blob: new Uint8Array(Buffer.concat(files.map((file) => file.contents))) };
}
