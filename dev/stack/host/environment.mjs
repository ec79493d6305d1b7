/** What Python sees of the Worker's bindings, and `_pyodide_entrypoint_helper`, which the SDK imports. */
import * as cloudflareSockets from "cloudflare:sockets";
import * as cloudflareWorkers from "cloudflare:workers";
import { countedEnv } from "./counting.mjs";
import { EVAL_BINDING } from "./names.mjs";

/** @type {WeakMap<object, object>} */
const visible = new WeakMap();
let isCounted = false;

/** Have the use of bindings counted (counting.mjs); before any of them is seen. */
export function countBindings() {
  isCounted = true;
}

/**
 * The bindings of the config, without the one that is the host's own.
 * @param {Record<string, unknown>} env
 */
export function visibleEnv(env) {
  let seen = visible.get(env);
  if (seen === undefined) {
    const { [EVAL_BINDING]: _own, ...rest } = env;
    seen = isCounted ? countedEnv(rest) : rest;
    visible.set(env, seen);
  }
  return seen;
}

const waitUntilPatched = new WeakSet();

/**
 * Let `ctx.waitUntil` take a Python awaitable: an argument of a call is borrowed, so it is copied
 * before the call returns and released once it has settled. As in production, only the context of
 * a stateless entrypoint does this; a Durable Object's takes promises.
 * @param {{ waitUntil: (promise: Promise<unknown>) => void }} ctx
 */
function patchWaitUntil(ctx) {
  if (Object.prototype.toString.call(ctx) !== "[object ExecutionContext]") return;
  if (waitUntilPatched.has(ctx)) return;
  waitUntilPatched.add(ctx);
  const original = ctx.waitUntil.bind(ctx);
  ctx.waitUntil = (awaitable) => {
    const kept = typeof awaitable?.copy === "function" ? awaitable.copy() : awaitable;
    original(settle(kept));
  };
}

/** @param {any} kept */
async function settle(kept) {
  try {
    await kept;
  } finally {
    kept?.destroy?.();
  }
}

/**
 * `workers.patch_env`: other values for the time of a `with` block.
 * @param {Record<string, unknown>} patch
 */
function* patchEnvHelper(patch) {
  const env = visibleEnv(cloudflareWorkers.env);
  const before = { ...env };
  Object.assign(env, patch);
  try {
    yield;
  } finally {
    for (const name of Object.keys(patch)) delete env[name];
    Object.assign(env, before);
  }
}

/** The module `_pyodide_entrypoint_helper` of the runtime. */
export function entrypointHelper() {
  return {
    doAnImport: (/** @type {string} */ name) => import(name),
    cloudflareWorkersModule: { ...cloudflareWorkers, env: visibleEnv(cloudflareWorkers.env) },
    cloudflareSocketsModule: cloudflareSockets,
    patchWaitUntil,
    patch_env_helper: patchEnvHelper,
  };
}

/** The module `_cloudflare_compat_flags`: those the SDK asks for, all on by the project's date. */
export function compatFlags() {
  return {
    python_request_headers_preserve_commas: true,
    python_workflows_implicit_dependencies: true,
  };
}
