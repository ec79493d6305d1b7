/**
 * Counts what Cloudflare's list has prices for, between a Worker and its bindings: for `bench jobs`.
 *
 * Rows are those that the runtime itself reports. `GET /__counted` of the Worker's own port gives all
 * counts since the last such request, and is not counted.
 */

export const COUNTED_PATH = "/__counted";

/** Of R2, the methods that are in its class A and B; what is in none is free. */
const R2_CLASSES = {
  A: ["put", "list", "createMultipartUpload"],
  B: ["get", "head"],
};

/** @type {Record<string, number>} */
let counts = {};
/** Cursors know their rows when they are read to their end. @type {[string, any][]} */
let cursors = [];

/** @param {string} name @param {number} [by] */
export function count(name, by = 1) {
  counts[name] = (counts[name] ?? 0) + by;
}

/** All counts since the last call. */
export function takenCounts() {
  for (const [name, cursor] of cursors) {
    count(`${name} DO rows read`, cursor.rowsRead);
    count(`${name} DO rows written`, cursor.rowsWritten);
  }
  const taken = counts;
  counts = {};
  cursors = [];
  return taken;
}

/**
 * *target* with some of its properties replaced; its methods are called on itself.
 * @param {any} target @param {Record<string, any>} replaced
 */
function replacing(target, replaced) {
  return new Proxy(target, {
    get(_target, name) {
      if (typeof name === "string" && Object.hasOwn(replaced, name)) return replaced[name];
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * The methods *names* of *target*, each counted as *as* when it is called.
 * @param {any} target @param {string[]} names @param {string} as
 */
function counted(target, names, as) {
  return Object.fromEntries(
    names.map((name) => [
      name,
      (/** @type {unknown[]} */ ...args) => {
        count(as);
        return target[name](...args);
      },
    ]),
  );
}

/** @param {any} meta of a result of D1 */
function countD1({ rows_read, rows_written }) {
  count("D1 rows read", rows_read);
  count("D1 rows written", rows_written);
}

/** A statement that `batch` takes and that counts by itself. @param {any} statement */
function countedStatement(statement) {
  const { bind, all } = statement;
  statement.bind = (/** @type {unknown[]} */ ...args) => countedStatement(bind.apply(statement, args));
  statement.all = async () => {
    count("D1 calls");
    const result = await all.call(statement);
    countD1(result.meta);
    return result;
  };
  return statement;
}

/** @param {any} database */
function countedDatabase(database) {
  return replacing(database, {
    prepare: (/** @type {string} */ sql) => countedStatement(database.prepare(sql)),
    async batch(/** @type {unknown[]} */ statements) {
      count("D1 calls");
      const results = await database.batch(statements);
      for (const { meta } of results) countD1(meta);
      return results;
    },
  });
}

/** @param {Record<string, any>} env @returns {Record<string, any>} */
export function countedEnv(env) {
  const wrapped = Object.entries(env).map(([name, binding]) => {
    const kind = binding?.constructor?.name;
    if (kind === "D1Database") return [name, countedDatabase(binding)];
    if (kind === "R2Bucket") {
      const classes = Object.entries(R2_CLASSES);
      return [
        name,
        replacing(binding, Object.assign({}, ...classes.map(([c, names]) => counted(binding, names, `R2 class ${c}`)))),
      ];
    }
    if (kind === "KvNamespace") {
      return [
        name,
        replacing(binding, { ...counted(binding, ["get"], "KV reads"), ...counted(binding, ["put", "delete"], "KV writes") }),
      ];
    }
    return [name, binding];
  });
  return Object.fromEntries(wrapped);
}

/** The context of a Durable Object of the class *className*. @param {string} className @param {any} ctx */
export function countedContext(className, ctx) {
  const { storage } = ctx;
  const sql = replacing(storage.sql, {
    exec(/** @type {unknown[]} */ ...args) {
      const cursor = storage.sql.exec(...args);
      cursors.push([className, cursor]);
      return cursor;
    },
  });
  // Setting an alarm is a row written, and so is taking it away.
  const alarms = counted(storage, ["setAlarm", "deleteAlarm"], `${className} DO rows written`);
  return replacing(ctx, { storage: replacing(storage, { sql, ...alarms }) });
}
