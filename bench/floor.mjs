/**
 * What workerd itself costs: the trivial route and the callback route in a few lines of JavaScript,
 * without any of the checks that make them worth anything. `python -m bench` prints the ratio of the
 * Python Worker to this as the price of the language.
 */
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const SECRET = "floor";
const SCRIPT = `
import { DurableObject } from "cloudflare:workers";
const encoder = new TextEncoder();
const key = (secret) =>
  crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);

export class Job extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY, document TEXT)");
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS nonce (nonce TEXT PRIMARY KEY)");
  }
  async callback(body) {
    const event = JSON.parse(body);
    const sql = this.ctx.storage.sql;
    if (sql.exec("SELECT 1 FROM nonce WHERE nonce = ?", event.nonce).toArray().length === 0) {
      sql.exec("INSERT OR REPLACE INTO job VALUES (1, ?)", JSON.stringify({ ...event, seen: Date.now() }));
      sql.exec("INSERT INTO nonce VALUES (?)", event.nonce);
    }
    return '{"ok":true}';
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const headers = { "content-type": "application/json" };
    if (url.pathname === "/healthz") return new Response('{"ok":true}', { headers });
    const body = await request.text();
    const signature = Uint8Array.fromHex(request.headers.get("x-signature"));
    const right = await crypto.subtle.verify("HMAC", await key("${SECRET}"), signature, encoder.encode(body));
    if (!right) return new Response('{"error":"unauthorized"}', { status: 401, headers });
    return new Response(await env.JOBS.getByName("one").callback(body), { headers });
  },
};
`;

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [
      // As in the stack, the measured Worker is not the one behind Miniflare's own front.
      { name: "front", modules: true, script: "export default { fetch: () => new Response() };" },
      {
        name: "floor",
        modules: true,
        script: SCRIPT,
        compatibilityDate: "2026-09-08",
        durableObjects: { JOBS: { className: "Job", useSQLite: true } },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      },
    ],
    host: "127.0.0.1",
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: process.argv[2],
  }),
);
await miniflare.ready;
const url = await miniflare.unsafeGetDirectURL("floor");
console.log(JSON.stringify({ url: url.href, secret: SECRET }));

// When standard input ends, the benchmark is gone.
process.stdin.resume();
process.stdin.on("end", async () => {
  await miniflare.dispose();
  process.exit(0);
});
