/**
 * Runs both Workers of the project in one workerd, through Miniflare, for the supervisor (stack.py).
 *
 * Bindings, vars, classes, crons and assets are read from the wrangler configs; only what depends on
 * free ports or secrets arrives with the first line of standard input. Standard input and output carry
 * one JSON document a line: operations in, replies, log lines and events out. When standard input
 * ends, the supervisor is gone, and so is everything that was started here.
 */
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare, convertV4MiniflareOptions } from "miniflare";
import workerd from "workerd";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { EVAL_BINDING, LOG_MARK } from "../host/names.mjs";
import { hostedModules } from "./hosted.mjs";
import { applyMigrations } from "./migrations.mjs";

/**
 * @typedef {object} OtherWorker a Worker of somebody else
 * @property {string} name
 * @property {string[]} routes patterns that go to it before the app
 *
 * @typedef {object} LaunchedWorker
 * @property {string} label its name in log lines and operations
 * @property {string} config path of its wrangler config
 * @property {number} port
 * @property {Record<string, string>} bindings overridden vars, and secrets
 * @property {string | null} assets folder of static files in place of the config's
 *
 * @typedef {object} Launch the first line of standard input
 * @property {LaunchedWorker[]} workers the first one has the main port
 * @property {OtherWorker[]} others
 * @property {string} persist folder of the state
 * @property {boolean} counted whether requests and the use of bindings are counted
 * @property {boolean} compiled whether the Workers' files come with their byte code
 * @property {{ accessKeyId: string, secretAccessKey: string }} s3Credentials
 */

/** @param {Record<string, unknown>} document */
function send(document) {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Miniflare's own messages, as log lines of the stream. */
class StreamLog extends Log {
  log(/** @type {string} */ message) {
    send({ event: "log", part: "miniflare", level: "info", text: message });
  }
}

/** @param {{ level: string, message: string }} entry */
function onWorkerdLog({ level, message }) {
  const [, part, text] = message.split(LOG_MARK, 3);
  if (text === undefined) {
    send({ event: "log", part: "workerd", level, text: message });
    return;
  }
  const stage = message.split(`${LOG_MARK}stage `)[1];
  if (stage !== undefined) send({ event: "stage", part, stage, at_ms: performance.now() });
  else send({ event: "log", part, level, text: message.slice(part.length + 3) });
}

/** @param {LaunchedWorker} worker */
function read(worker) {
  try {
    const config = unstable_readConfig({ config: worker.config });
    return { worker, config, options: unstable_getMiniflareWorkerOptions(config) };
  } catch (error) {
    const line = error.location === undefined ? "" : `:${error.location.line}`;
    throw new Error(`${worker.config}${line}: ${error.message}`, { cause: error });
  }
}

/** Why nothing runs, in one line. @param {unknown} error */
function reason(error) {
  const message = error instanceof Error ? error.message : String(error);
  // The runtime's own words follow, which the log has shown already.
  const imported = message.match(/the Worker (\S+) cannot be imported/);
  return imported === null ? message : `${imported[1]} cannot be imported; see its lines above`;
}

/**
 * @param {ReturnType<typeof read>[]} all
 * @param {string} name
 * @returns {string[]} classes of that Worker which others are bound to, beside its default
 */
function boundEntrypoints(all, name) {
  const services = all.flatMap(({ config }) => config.services ?? []);
  const names = services.filter((s) => s.service === name).map((s) => s.entrypoint);
  return [...new Set(names)].filter((entrypoint) => entrypoint !== undefined);
}

/**
 * @param {Launch} launch
 * @param {ReturnType<typeof read>[]} all
 * @param {ReturnType<typeof read>} source
 * @param {number} index
 */
function workerOptions(launch, all, source, index) {
  const { worker, config, options } = source;
  const { modulesRules: _rules, rootPath: _root, ...rest } = options.workerOptions;
  const r2 = Object.entries(rest.r2Buckets ?? {});
  return {
    ...rest,
    name: config.name,
    // The host takes the place of the runtime that this flag asks for.
    compatibilityFlags: rest.compatibilityFlags.filter((flag) => flag !== "python_workers"),
    modulesRoot: "/",
    modules: hostedModules(
      worker.label,
      config,
      options,
      boundEntrypoints(all, config.name),
      launch,
    ),
    unsafeEvalBinding: EVAL_BINDING,
    bindings: { ...rest.bindings, ...worker.bindings },
    assets: rest.assets && worker.assets ? { ...rest.assets, directory: worker.assets } : rest.assets,
    r2Buckets: Object.fromEntries(
      r2.map(([name, bucket]) => [name, { ...bucket, s3Credentials: launch.s3Credentials }]),
    ),
    // The first Worker has the main port, where Miniflare's S3 endpoint and triggers are, too.
    unsafeDirectSockets: index === 0 ? [] : [{ host: "127.0.0.1", port: worker.port }],
  };
}

/** Answers every request with a page of its own. @param {OtherWorker} other */
function otherOptions({ name, routes }) {
  const page = JSON.stringify(`<!doctype html><title>${name}</title>`);
  const answer = `new Response(${page}, { headers: { "content-type": "text/html" } })`;
  const contents = `export default { fetch: () => ${answer} };`;
  return { name, routes, modules: [{ type: "ESModule", path: `${name}.mjs`, contents }] };
}

/** @param {Launch} launch */
async function start(launch) {
  // This thread reads workerd's log lines, and waits for it while it starts a cron or reads D1.
  process.env.WORKERD = workerd.default;
  process.env.MINIFLARE_WORKERD_PATH = fileURLToPath(new URL("workerd_drained.py", import.meta.url));
  const all = launch.workers.map(read);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        ...all.map((source, index) => workerOptions(launch, all, source, index)),
        ...launch.others.map(otherOptions),
      ],
      host: "127.0.0.1",
      port: launch.workers[0].port,
      // For `python -m bench isolates`.
      ...(process.env.INSPECTOR_PORT && { inspectorPort: Number(process.env.INSPECTOR_PORT) }),
      cf: false, // Off the network: Miniflare would fetch an example of `request.cf`.
      telemetry: { enabled: false },
      log: new StreamLog(LogLevel.WARN),
      logRequests: false,
      handleStructuredLogs: onWorkerdLog,
      resourcePersistencePath: launch.persist,
      unsafeTriggerHandlers: true,
    }),
  );
  await miniflare.ready;
  for (const { config } of all) {
    for (const database of config.d1_databases) {
      const applied = await applyMigrations(miniflare, config, database);
      if (applied.length > 0) send({ event: "migrated", names: applied });
    }
  }
  return { miniflare, all };
}

/** @param {ReturnType<typeof read>[]} all @param {string} label */
function named(all, label) {
  const found = all.find(({ worker }) => worker.label === label);
  if (found === undefined) throw new Error(`there is no Worker ${label}`);
  return found.config.name;
}

/**
 * What the supervisor and the tests may ask for.
 * @type {Record<string, (stack: Awaited<ReturnType<typeof start>>, op: any) => Promise<unknown>>}
 */
const OPERATIONS = {
  async d1({ miniflare, all }, { binding, sql, params }) {
    const owner = all.find(({ options }) => binding in options.workerOptions.d1Databases);
    const database = await miniflare.getD1Database(binding, owner?.config.name);
    return (await database.prepare(sql).bind(...params).all()).results;
  },
  async evict({ miniflare, all }, { worker, className, ...identifier }) {
    await miniflare.unsafeEvictDurableObject(named(all, worker), className, identifier);
  },
  async scheduled({ miniflare, all }, { worker, cron }) {
    const fetcher = await miniflare.getWorker(named(all, worker));
    return await fetcher.scheduled({ cron, scheduledTime: new Date() });
  },
  async crons({ all }) {
    return all.flatMap(({ worker, config }) =>
      (config.triggers.crons ?? []).map((/** @type {string} */ cron) => [worker.label, cron]),
    );
  },
};

/** @param {Awaited<ReturnType<typeof start>>} stack @param {string} line */
async function operate(stack, line) {
  const { id, op, ...rest } = JSON.parse(line);
  try {
    send({ event: "reply", id, result: (await OPERATIONS[op](stack, rest)) ?? null });
  } catch (error) {
    send({ event: "reply", id, error: error instanceof Error ? error.message : String(error) });
  }
}

async function main() {
  const lines = createInterface({ input: process.stdin });
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const starting = start(JSON.parse(first.value));
  let stack;
  try {
    stack = await starting;
  } catch (error) {
    send({ event: "failed", error: reason(error) });
    process.exit(1);
  }
  const stop = async () => {
    await stack.miniflare.dispose();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", () => {}); // A terminal sends it to the whole group; the supervisor decides.
  send({ event: "ready" });
  for await (const line of iterator) void operate(stack, line);
  await stop();
}

await main();
