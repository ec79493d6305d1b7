/**
 * The memory of a Python interpreter that has started: `node dev/stack/runtimes/snapshot.mjs FILE`.
 *
 * Starting one takes seconds in each Worker, restoring this a tenth of one. It holds the interpreter
 * alone, nothing of the Workers: their import runs, and is refused what it is refused, at each start.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { loadPyodide } from "pyodide";
import { PYTHON_ENV } from "../host/names.mjs";

const lockFile = createRequire(import.meta.url).resolve("pyodide/pyodide-lock.json");
const { info } = JSON.parse(readFileSync(lockFile, "utf8"));
const pyodide = await loadPyodide({
  _makeSnapshot: true,
  lockFileContents: { info, packages: {} },
  env: { ...PYTHON_ENV },
});

const target = process.argv[2];
const unfinished = `${target}.${process.pid}`;
mkdirSync(path.dirname(target), { recursive: true });
writeFileSync(unfinished, pyodide.makeMemorySnapshot());
renameSync(unfinished, target); // Another stack may start at the same time.
process.exit(0); // The interpreter would wait for ever.
