/**
 * Writes the wrangler configs that `wrangler dev` runs in the local stack: the project's own, with
 * absolute paths and with what they cannot hold. That is the addresses of local parts and the S3
 * credentials of the local bucket, which wrangler takes from a config alone; secrets go into a
 * `.dev.vars` beside each, readable by their owner alone.
 *
 * Reads one JSON document from standard input, writes one to standard output.
 */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { experimental_readRawConfig, unstable_readConfig } from "wrangler";
import { isGathered } from "./modules.mjs";

const GATHER = path.join(import.meta.dirname, "../../upload/build.mjs");
/** Only for a deploy; the stack has built the page and gathers modules in a folder of its own; `routes` would change the Host that presigned URLs are signed for. */
const NOT_IN_DEV = ["build", "env", "route", "routes", "workers_dev", "observability"];

/** @param {string} file @param {string} content */
function writePrivate(file, content) {
  rmSync(file, { force: true });
  writeFileSync(file, content, { mode: 0o600 });
}

/** A value for `.dev.vars`, which has no escapes. @param {string} value */
function quoted(value) {
  const quote = ["'", '"', "`"].find((character) => !value.includes(character));
  if (quote === undefined) throw new Error("a value with all three kinds of quotes cannot be passed");
  return quote + value + quote;
}

/**
 * Where the modules beside the main one are, and how they get there.
 * @param {string} own the folder of the config that is written
 * @param {string} main
 * @param {string | undefined} base
 */
function modulesOf(own, main, base) {
  if (base === undefined || !isGathered({ main, base_dir: base })) return { base_dir: base };
  const target = path.join(own, "modules");
  const command = ["node", GATHER, main, target].map((part) => JSON.stringify(part)).join(" ");
  // wrangler takes it as seen from the config, even where it is absolute.
  const watched = path.relative(own, path.dirname(path.dirname(main)));
  return { base_dir: target, build: { command, watch_dir: watched } };
}

/**
 * @param {string} folder
 * @param {{ label: string, config: string, bindings: Record<string, string>, assets: string | null }} worker
 * @param {{ accessKeyId: string, secretAccessKey: string }} s3Credentials
 */
function writeConfig(folder, worker, s3Credentials) {
  const root = path.dirname(worker.config);
  const absolute = (/** @type {string} */ name) => path.resolve(root, name);
  const { rawConfig: raw } = experimental_readRawConfig({ config: worker.config });
  const kept = Object.fromEntries(
    Object.entries(raw).filter(([name]) => !NOT_IN_DEV.includes(name)),
  );
  const own = path.join(folder, worker.label);
  const main = absolute(raw.main);
  const config = {
    ...kept,
    main,
    ...modulesOf(own, main, raw.base_dir && absolute(raw.base_dir)),
    assets: raw.assets && { ...raw.assets, directory: worker.assets ?? absolute(raw.assets.directory) },
    d1_databases: raw.d1_databases?.map((database) => ({
      ...database,
      migrations_dir: absolute(database.migrations_dir ?? "migrations"),
    })),
    r2_buckets: raw.r2_buckets?.map((bucket) => ({
      ...bucket,
      local_dev: { experimental_s3_credentials: s3Credentials },
    })),
  };
  mkdirSync(own, { recursive: true });
  // wrangler looks for the vendored packages beside the config.
  rmSync(path.join(own, "python_modules"), { force: true });
  symlinkSync(absolute("python_modules"), path.join(own, "python_modules"));
  const file = path.join(own, "wrangler.json");
  writePrivate(file, JSON.stringify(config, null, 2));
  const lines = Object.entries(worker.bindings).map(([name, value]) => `${name}=${quoted(value)}`);
  writePrivate(path.join(own, ".dev.vars"), `${lines.join("\n")}\n`);
  return file;
}

/** @param {string} folder @param {{ name: string, compatibility_date: string }} worker */
function writeDoor(folder, { name, compatibility_date }) {
  const own = path.join(folder, "door");
  mkdirSync(own, { recursive: true });
  const file = path.join(own, "wrangler.json");
  const main = path.join(import.meta.dirname, "door.mjs");
  const services = [{ binding: "WORKER", service: name }];
  writePrivate(file, JSON.stringify({ name: `${name}-door`, main, compatibility_date, services }));
  return file;
}

const { folder, workers, s3Credentials } = JSON.parse(await text(process.stdin));
const configs = workers.map((worker) => writeConfig(folder, worker, s3Credentials));
const read = workers.map((worker) => unstable_readConfig({ config: worker.config }));
process.stdout.write(
  JSON.stringify({
    configs,
    doors: read.slice(1).map((config) => writeDoor(folder, config)),
    crons: read.flatMap(({ triggers }, i) => (triggers.crons ?? []).map((c) => [workers[i].label, c])),
    names: read.map(({ name }) => name),
  }),
);
