/** What the bundled page consists of: which file a module went to, and which files a part needs. */
import { readFileSync } from "node:fs";
import path from "node:path";

/** A module comes with the first load if it has no more bytes, as it is written, for each part that needs it: requests cost more. */
const FIRST_BYTES_MAX = 1000;
/** A larger one that several parts need comes in a file of its own. */
const COMMON_BYTES_MAX = 10_000;
const WAITS_FOR = /await use(Words|Styles)\("(\w+)"\)/g;

/** Whether a module is words alone. @param {string} module */
export const isWords = (module) => module.includes("/messages/");

export class Graph {
  #source;
  #inputs;
  #outputs;

  /** @param {import("esbuild").Metafile} metafile @param {string} source @param {string} folder of the files in it */
  constructor(metafile, source, folder) {
    this.#source = source;
    this.#inputs = metafile.inputs;
    this.#outputs = Object.fromEntries(
      Object.entries(metafile.outputs).map(([name, { entryPoint, imports }]) => [path.relative(folder, name), {
        entryPoint,
        imports: imports.filter((one) => one.kind === "import-statement").map((one) => path.relative(folder, one.path)),
      }]),
    );
  }

  /** The modules that have files of their own, which are loaded when they are needed. */
  entries() {
    return Object.values(this.#outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  }

  /** What is asked for at first: the page's entry, and the parts that its own steps import. @param {string} main */
  beginning(main) {
    return [main, ...this.#inputs[main].imports.filter((one) => one.kind === "dynamic-import").map((one) => one.path)];
  }

  /** A module with all that it imports before it runs. @param {string} module @param {Set<string>} found @returns {Set<string>} */
  modules(module, found = new Set()) {
    if (found.has(module) || !existing(path.join(this.#source, module))) return found;
    found.add(module);
    for (const one of this.#inputs[module].imports) {
      if (one.kind === "import-statement") this.modules(one.path, found);
    }
    return found;
  }

  /** @param {string} module */
  bytes(module) {
    return this.#inputs[module].bytes;
  }

  /** The words and styles that a module waits for: `[["Words", subject], …]`. @param {string} module */
  waits(module) {
    const text = isWords(module) ? "" : readFileSync(path.join(this.#source, module), "utf8");
    return [...text.matchAll(WAITS_FOR)].map(([, kind, subject]) => [kind, subject]);
  }

  /** The files that a module comes in, its own first. @param {string} module @returns {string[]} */
  filesOf(module) {
    const entry = Object.keys(this.#outputs).find((name) => this.#outputs[name].entryPoint === module);
    if (!entry) throw new Error(`${module} has no file of its own`);
    const found = new Set([entry]);
    for (const one of found) this.#outputs[one].imports.forEach((name) => found.add(name));
    return [...found];
  }
}

/** @param {string} file */
function existing(file) {
  try {
    return readFileSync(file) !== undefined;
  } catch {
    return false; // What esbuild makes itself is no file.
  }
}

/**
 * What several parts need, in two groups that are one file each: what comes with the `beginning`, and what is worth no request of
 * its own.
 *
 * @param {Graph} graph @param {string[]} beginning
 */
export function sharedModules(graph, beginning) {
  const parts = graph.entries().filter((one) => !beginning.includes(one) && !isWords(one)).map((part) => graph.modules(part));
  const several = new Set(parts.flatMap((modules) => [...modules]));
  const uses = (/** @type {string} */ module) => parts.filter((modules) => modules.has(module)).length;
  const mayCome = (/** @type {string} */ module) => uses(module) > 1 && graph.waits(module).length === 0;
  const first = new Set(beginning.flatMap((one) => [...graph.modules(one)]));
  gather(first, (module) => mayCome(module) && graph.bytes(module) <= FIRST_BYTES_MAX * uses(module));
  const common = new Set(first);
  gather(common, (module) => mayCome(module) && graph.bytes(module) <= COMMON_BYTES_MAX);
  return { first: [...first].filter((one) => !beginning.includes(one)), common: [...common].filter((one) => !first.has(one)) };

  /** Add to `group` the modules that belong to it with all that they import. @param {Set<string>} group @param {(module: string) => boolean} belongs */
  function gather(group, belongs) {
    for (const module of several) {
      const brought = [...graph.modules(module)].filter((one) => !group.has(one));
      if (brought.every(belongs)) brought.forEach((one) => group.add(one));
    }
  }
}

/**
 * What each part needs beyond the files of the `beginning`: `{"views/jobs": [file, …]}`; `{"css/charts": [file]}` of the `styles`
 * of each subject.
 *
 * @param {Graph} graph @param {string[]} beginning @param {Record<string, string>} styles
 */
export function filesOfParts(graph, beginning, styles) {
  const first = beginning.flatMap((one) => graph.filesOf(one));
  /** @type {Record<string, string[]>} */
  const needed = Object.fromEntries(Object.entries(styles).map(([subject, file]) => [`css/${subject}`, [file]]));
  for (const part of graph.entries().filter((one) => !beginning.includes(one))) {
    const looks = waitsOf(graph, part, "Styles").map((subject) => styles[subject]);
    needed[nameOf(part)] = [...new Set([...graph.filesOf(part), ...looks])].filter((file) => !first.includes(file));
  }
  return needed;
}

/** The name of a part, as `loadPart` takes it. @param {string} part */
export const nameOf = (part) => part.replace(/^js\/|\.js$/g, "");

/** The subjects whose words or styles are waited for before a part runs. @param {Graph} graph @param {string} part @param {string} kind */
export const waitsOf = (graph, part, kind) => [
  ...new Set([...graph.modules(part)].flatMap((module) => graph.waits(module)).flatMap(([one, subject]) => (one === kind ? [subject] : []))),
];
