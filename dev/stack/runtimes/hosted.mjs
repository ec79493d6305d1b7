/** Turns a wrangler config of a Python Worker into options for Miniflare with the Pyodide host. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { PYTHON_ENV } from "../host/names.mjs";
import { byteCode } from "./bytecode.mjs";
import { pack, read, uploadedModules } from "./modules.mjs";

const HOST = path.join(import.meta.dirname, "../host");
const PYODIDE = path.dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));

const VERSION = JSON.parse(readFileSync(path.join(PYODIDE, "package.json"), "utf8")).version;
const HOST_MODULES = ["classes", "counting", "entropy", "environment", "files", "host", "names", "shims"];

/**
 * @param {string} label the Worker's name in log lines
 * @param {any} config of `unstable_readConfig`
 * @param {any} options of `unstable_getMiniflareWorkerOptions`
 * @param {string[]} entrypoints names of the entrypoint classes that other Workers are bound to
 * @param {{ counted: boolean, compiled: boolean }} launch `counted`: whether requests and the use of bindings are
 *   counted; `compiled`: whether the files come with their byte code, which no deploy has
 */
export function hostedModules(label, config, options, entrypoints, launch) {
  const sources = read(uploadedModules(config, options.workerOptions.modulesRules));
  const { index, blob } = pack(launch.compiled ? [...sources, ...byteCode(sources, VERSION)] : sources);
  const pyodide = (/** @type {string} */ name) => readFileSync(path.join(PYODIDE, name));
  const own = (/** @type {string} */ name) => readFileSync(path.join(HOST, name));
  return [
    { type: "ESModule", path: "main.mjs", contents: mainModule(label, config, index, entrypoints, launch.counted) },
    ...HOST_MODULES.map((name) => ({ type: "ESModule", path: `${name}.mjs`, contents: own(`${name}.mjs`) })),
    { type: "ESModule", path: "pyodide.mjs", contents: pyodide("pyodide.mjs") },
    { type: "ESModule", path: "pyodide.asm.mjs", contents: pyodide("pyodide.asm.mjs") },
    { type: "CompiledWasm", path: "pyodide.asm.wasm", contents: pyodide("pyodide.asm.wasm") },
    { type: "Data", path: "python_stdlib.zip", contents: pyodide("python_stdlib.zip") },
    { type: "Text", path: "startup.py", contents: own("startup.py").toString() },
    { type: "Data", path: "snapshot.bin", contents: interpreterSnapshot() },
    { type: "Data", path: "files.bin", contents: blob },
  ];
}

/** @type {Uint8Array | undefined} */
let snapshot;

/** The interpreter's memory after its start; made once for each Pyodide and way to start it. */
function interpreterSnapshot() {
  if (snapshot === undefined) {
    const maker = path.join(import.meta.dirname, "snapshot.mjs");
    const made = createHash("sha256").update(readFileSync(maker)).update(JSON.stringify(PYTHON_ENV));
    const name = `pyodide-${VERSION}-${made.digest("hex").slice(0, 12)}.snapshot`;
    const file = path.join(import.meta.dirname, "../../../build", name);
    if (!existsSync(file)) {
      execFileSync(process.execPath, [maker, file], { stdio: ["ignore", "ignore", "inherit"] });
    }
    snapshot = readFileSync(file);
  }
  return snapshot;
}

/**
 * The module whose exports workerd reads: exports are static, so it is written for each Worker.
 * @param {string} label
 * @param {any} config
 * @param {{ path: string, size: number }[]} files
 * @param {string[]} entrypoints
 * @param {boolean} isCounted
 */
function mainModule(label, config, files, entrypoints, isCounted) {
  const lock = JSON.parse(readFileSync(path.join(PYODIDE, "pyodide-lock.json"), "utf8"));
  const worker = {
    name: label,
    entry: path.basename(config.main, ".py"),
    lockInfo: lock.info,
    files,
    isCounted,
  };
  const objects = config.durable_objects.bindings
    .filter((binding) => binding.script_name === undefined)
    .map((binding) => binding.class_name);
  return [
    `import { boot } from "./host.mjs";`,
    `const worker = await boot(${JSON.stringify(worker)});`,
    `export default worker.entrypoint("Default");`,
    ...entrypoints.map((name) => `export const ${name} = worker.entrypoint("${name}");`),
    ...objects.map((name) => `export const ${name} = worker.durableObject("${name}");`),
  ].join("\n");
}

