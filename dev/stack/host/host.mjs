/**
 * Hosts one Python Worker on the npm package `pyodide`, as Cloudflare's Python entrypoint hosts it
 * in production: import the main module in the Worker's global scope, then forward every event and
 * RPC call to its classes.
 *
 * Because the import runs in workerd's own global scope, fetch, timers and `Response` are refused
 * there and the clock stands at 1970, exactly as in production; startup.py refuses randomness.
 */
import { INDEX_URL, restoreGlobals } from "./shims.mjs";
import { loadPyodide } from "./pyodide.mjs";
import createPyodideModule from "./pyodide.asm.mjs";
import startupSource from "./startup.py";
import snapshot from "./snapshot.bin";
import filesBlob from "./files.bin";
import { entrypointClass, objectClass } from "./classes.mjs";
import { setEntropy } from "./entropy.mjs";
import { compatFlags, countBindings, entrypointHelper } from "./environment.mjs";
import { writeFiles } from "./files.mjs";
import { LOG_MARK, PYTHON_ENV, ROOT } from "./names.mjs";

/** @param {string} name */
function nameLogLines(name) {
  for (const level of ["debug", "log", "info", "warn", "error"]) {
    const original = console[level].bind(console);
    console[level] = (/** @type {unknown[]} */ ...args) =>
      original(`${LOG_MARK}${name}${LOG_MARK}`, ...args);
  }
}

/**
 * @param {{
 *   name: string,
 *   entry: string,
 *   lockInfo: Record<string, string>,
 *   files: { path: string, size: number }[],
 *   isCounted: boolean,
 * }} worker `entry`: the main module's name; `lockInfo`: the `info` of pyodide-lock.json.
 */
export async function boot(worker) {
  nameLogLines(worker.name);
  const stage = (/** @type {string} */ name) => console.debug(`${LOG_MARK}stage ${name}`);
  stage("load");
  const pyodide = await loadPyodide({
    createPyodideModule,
    indexURL: INDEX_URL,
    lockFileContents: { info: worker.lockInfo, packages: {} },
    _loadSnapshot: snapshot,
    env: { ...PYTHON_ENV },
    stdout: (/** @type {string} */ line) => console.log(line),
    stderr: (/** @type {string} */ line) => console.error(line),
  });
  restoreGlobals();
  writeFiles(pyodide.FS, ROOT, worker.files, filesBlob);
  if (worker.isCounted) countBindings();
  pyodide.registerJsModule("_pyodide_entrypoint_helper", entrypointHelper());
  pyodide.registerJsModule("_cloudflare_compat_flags", compatFlags());
  const namespace = pyodide.toPy({ __name__: "_host" });
  pyodide.runPython(startupSource, { globals: namespace, filename: "host/startup.py" });
  stage("import");
  /** @type {(() => void) | undefined} */
  let beforeFirstEvent;
  try {
    beforeFirstEvent = namespace.get("import_main")(worker.entry, ROOT, setEntropy);
  } catch (error) {
    console.error(`importing ${worker.entry}.py raised\n${error.message}`);
    throw new Error(`the Worker ${worker.name} cannot be imported`, { cause: error });
  }
  stage("imported");
  const python = {
    handle_event: namespace.get("handle_event"),
    new_object: namespace.get("new_object"),
    call_object: namespace.get("call_object"),
    isCounted: worker.isCounted,
    turns: worker.isCounted ? namespace.get("counted_turns")() : undefined,
    startServing() {
      beforeFirstEvent?.();
      beforeFirstEvent = undefined;
    },
  };
  return {
    entrypoint: (/** @type {string} */ className) => entrypointClass(python, className),
    durableObject: (/** @type {string} */ className) => objectClass(python, className),
  };
}
