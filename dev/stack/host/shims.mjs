/**
 * What the npm package `pyodide` needs replaced while it loads inside workerd. The first import of
 * the host: the loader looks at these globals as soon as its module is evaluated.
 *
 * The loader is led to believe that it is in a browser whose server is this Worker's own modules.
 * workerd forbids compiling WebAssembly at run time, so every way to do that leads either to the
 * module that workerd compiled at start or to the `unsafeEval` binding, which the launcher gives to
 * this host alone and which Python never sees (see environment.mjs).
 */
import { env } from "cloudflare:workers";
import pyodideWasm from "./pyodide.asm.wasm";
import stdlibZip from "./python_stdlib.zip";
import { EVAL_BINDING } from "./names.mjs";
import { randomGet } from "./entropy.mjs";

/** Where the loader believes to come from; its requests are answered below, none leaves. */
export const INDEX_URL = "https://pyodide.invalid/";

const { Module, Instance } = WebAssembly;

/** @param {BufferSource | WebAssembly.Module} source */
function compiled(source) {
  return source instanceof Module ? source : env[EVAL_BINDING].newWasmModule(source);
}

/** @param {BufferSource | WebAssembly.Module} source @param {WebAssembly.Imports} imports */
async function instantiateByBinding(source, imports) {
  const module = compiled(source);
  const instance = new Instance(module, imports);
  return source instanceof Module ? instance : { module, instance };
}

/** The loader streams one thing, the interpreter. @param {WebAssembly.Imports} imports */
async function instantiateInterpreter(_response, imports) {
  const wasi = imports.wasi_snapshot_preview1;
  const instance = new Instance(pyodideWasm, {
    ...imports,
    wasi_snapshot_preview1: { ...wasi, random_get: randomGet(wasi.random_get) },
  });
  return { module: pyodideWasm, instance };
}

/** @param {URL | string} url */
async function answerFromModules(url) {
  const name = String(url).slice(INDEX_URL.length);
  if (name === "pyodide.asm.wasm") return { ok: true };
  if (name === "python_stdlib.zip") return { ok: true, arrayBuffer: async () => stdlibZip };
  throw new Error(`the Pyodide loader asked for ${url}, which this host does not have`);
}

/**
 * @param {Record<string, any>} target
 * @param {Record<string, unknown>} values
 * @returns {() => void} puts back what was there.
 */
function replace(target, values) {
  const before = Object.keys(values).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)]);
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) delete target[name];
      else Object.defineProperty(target, name, descriptor);
    }
  };
}

// These stay: an `import` in Python loads its `.so` file whenever it runs.
replace(WebAssembly, {
  Module: new Proxy(Module, { construct: (_target, [source]) => compiled(source) }),
  compile: async (/** @type {BufferSource} */ source) => compiled(source),
  instantiate: instantiateByBinding,
  instantiateStreaming: instantiateInterpreter,
});

/** Call it when the interpreter is up: Python then sees the isolate's own globals. */
export const restoreGlobals = replace(globalThis, {
  process: undefined, // With a `process` the loader takes workerd for Node.
  location: { href: INDEX_URL, toString: () => INDEX_URL },
  fetch: answerFromModules,
});
