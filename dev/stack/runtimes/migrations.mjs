/** Applies `drizzle/` to the local D1, recorded as `wrangler d1 migrations apply --local` records it. */
import { readFileSync, readdirSync, existsSync } from "node:fs";
import path from "node:path";
import { unstable_splitSqlQuery } from "wrangler";

/**
 * @param {import("miniflare").Miniflare} miniflare
 * @param {{ name: string, configPath: string }} config
 * @param {{ binding: string, migrations_dir?: string, migrations_table?: string }} database
 * @returns {Promise<string[]>} the names of the files that were applied now
 */
export async function applyMigrations(miniflare, config, database) {
  const folder = path.resolve(path.dirname(config.configPath), database.migrations_dir ?? "migrations");
  const table = database.migrations_table ?? "d1_migrations";
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".sql")) : [];
  const d1 = await miniflare.getD1Database(database.binding, config.name);
  await d1
    .prepare(
      `CREATE TABLE IF NOT EXISTS "${table}"(id INTEGER PRIMARY KEY AUTOINCREMENT, ` +
        "name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    )
    .run();
  const { results } = await d1.prepare(`SELECT name FROM "${table}"`).all();
  const applied = new Set(results.map((row) => row.name));
  const missing = names.filter((name) => !applied.has(name)).sort();
  for (const name of missing) {
    const statements = unstable_splitSqlQuery(readFileSync(path.join(folder, name), "utf8"));
    // One batch is one transaction: a migration that fails leaves nothing behind.
    await d1.batch([
      ...statements.map((statement) => d1.prepare(statement)),
      d1.prepare(`INSERT INTO "${table}" (name) VALUES (?)`).bind(name),
    ]);
  }
  return missing;
}
