/**
 * The byte code of a Worker's files. Compiling them is half of what a start costs, and the same files are started dozens
 * of times: each is compiled once, by the interpreter that will run it, and kept by its content.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../host/names.mjs";

const COMPILER = path.join(import.meta.dirname, "compiler.mjs");
const KEPT = path.join(import.meta.dirname, "../../../build/bytecode");
const TAG = "cpython-314";

/**
 * @typedef {{ path: string, contents: Buffer }} File `path`: from the Worker's root
 */

/**
 * Where Python looks for the byte code of each of *files*, and the byte code. A file that cannot be compiled has none:
 * its import says why.
 * @param {File[]} files
 * @param {string} version of Pyodide
 * @returns {File[]}
 */
export function byteCode(files, version) {
  const wanted = files
    .filter((file) => file.path.endsWith(".py"))
    .map((file) => ({ ...file, kept: path.join(KEPT, `${name(file, version)}.pyc`) }));
  const missing = wanted.filter((file) => !existsSync(file.kept));
  if (missing.length > 0) {
    mkdirSync(KEPT, { recursive: true });
    const input = missing.map(({ path, contents, kept }) => ({ path: `${ROOT}/${path}`, source: contents.toString("base64"), kept }));
    execFileSync(process.execPath, [COMPILER], { input: JSON.stringify(input), stdio: ["pipe", "ignore", "inherit"] });
  }
  return wanted
    .filter((file) => existsSync(file.kept))
    .map((file) => ({ path: besides(file.path), contents: readFileSync(file.kept) }));
}

/** @param {File} file @param {string} version */
function name(file, version) {
  return createHash("sha256").update(`${version}\n${file.path}\n`).update(file.contents).digest("hex");
}

/** PEP 3147's place for the byte code of a source. @param {string} source */
function besides(source) {
  const { dir, name } = path.posix.parse(source);
  return path.posix.join(dir, "__pycache__", `${name}.${TAG}.pyc`);
}
