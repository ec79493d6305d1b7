/** JavaScript classes that workerd can construct, one per Python class of the main module. */
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { COUNTED_PATH, count, countedContext, takenCounts } from "./counting.mjs";
import { visibleEnv } from "./environment.mjs";

/** workerd looks for these on the class before it delivers an event. */
const ENTRYPOINT_EVENTS = ["fetch", "scheduled", "queue", "tail", "email"];
const OBJECT_EVENTS = ["fetch", "alarm", "webSocketMessage", "webSocketClose", "webSocketError"];

/** Not methods: a promise is told from other values by `then`; the rest are how values are printed. */
const NEVER_FORWARDED = new Set(["then", "toJSON", "constructor"]);

/**
 * @typedef {object} Python the functions of startup.py
 * @property {any} handle_event one event of a stateless entrypoint
 * @property {any} new_object
 * @property {any} call_object
 * @property {() => void} startServing called in each event; the first one ends the import rules
 * @property {boolean} isCounted whether events are counted, and the use of storage
 * @property {any} turns how often the event loop has run something, and a promise was awaited
 */

/**
 * Log an exception with its traceback, and return what the caller gets to see. Over RPC that is the
 * traceback, as in production; an HTTP client gets a bare 500.
 * @param {string} where @param {string} name @param {unknown} error
 */
function reported(where, name, error) {
  // A PythonError's message is the whole Python traceback.
  console.error(`${where} raised\n${error instanceof Error ? error.message : String(error)}`);
  return name === "fetch" ? new Error("The Worker raised an exception; see its log.") : error;
}

/** @param {Python} python */
function countedSoFar(python) {
  const [turns, awaits] = python.turns();
  return Response.json({ ...takenCounts(), turns, awaits });
}

/**
 * @param {string[]} events
 * @param {(target: any, name: string, args: unknown[]) => Promise<unknown>} call
 * @param {any} Base
 */
function forwarding(Base, events, call) {
  /** @type {ProxyHandler<any>} */
  const handler = {
    get(target, name, receiver) {
      if (typeof name !== "string" || NEVER_FORWARDED.has(name)) {
        return Reflect.get(target, name, receiver);
      }
      return (/** @type {unknown[]} */ ...args) => call(target, name, args);
    },
  };
  for (const name of events) Base.prototype[name] = function () {};
  return handler;
}

/**
 * The class for a Python `WorkerEntrypoint`: a new instance for each event, as workerd has it.
 * @param {Python} python
 * @param {string} className
 */
export function entrypointClass(python, className) {
  class Entrypoint extends WorkerEntrypoint {
    constructor(ctx, env) {
      super(ctx, env);
      python.startServing();
      return new Proxy(this, handler);
    }
  }
  const handler = forwarding(Entrypoint, ENTRYPOINT_EVENTS, async (target, name, args) => {
    if (python.isCounted) {
      if (name === "fetch" && new URL(args[0].url).pathname === COUNTED_PATH) return countedSoFar(python);
      count(name === "fetch" ? "requests" : `${name} events`);
    }
    try {
      const env = visibleEnv(target.env);
      return await python.handle_event.callPromising(className, target.ctx, env, name, ...args);
    } catch (error) {
      throw reported(`${className}.${name}`, name, error);
    }
  });
  return Entrypoint;
}

/**
 * The class for a Python `DurableObject`: the Python object lives as long as the JavaScript one.
 * @param {Python} python
 * @param {string} className
 */
export function objectClass(python, className) {
  const instances = new WeakMap();
  class Hosted extends DurableObject {
    constructor(ctx, env) {
      super(ctx, env);
      python.startServing();
      try {
        const seen = python.isCounted ? countedContext(className, ctx) : ctx;
        instances.set(this, python.new_object(className, seen, visibleEnv(env)));
      } catch (error) {
        throw reported(`${className}()`, "constructor", error);
      }
      return new Proxy(this, handler);
    }
  }
  const handler = forwarding(Hosted, OBJECT_EVENTS, async (target, name, args) => {
    if (python.isCounted) count(`${className} DO requests`);
    try {
      return await python.call_object.callPromising(instances.get(target), name, ...args);
    } catch (error) {
      throw reported(`${className}.${name}`, name, error);
    }
  });
  return Hosted;
}
