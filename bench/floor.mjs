/**
 * What workerd itself costs: the trivial route, the callback and the job start in a few lines of
 * JavaScript, with the same calls of the runtime (HMAC, Durable Object, SQL, R2, alarm, fetch) and
 * none of the checks that make them worth anything. The rows of the Python Worker less these are the
 * price of the language and of the checks.
 *
 * Arguments: the folder for the state, the address of the container.
 */
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const SECRET = "floor";
const [, , FOLDER, CONTAINER] = process.argv;
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
  store(event) {
    const { sql } = this.ctx.storage;
    sql.exec("INSERT OR REPLACE INTO job VALUES (1, ?)", JSON.stringify({ ...event, seen: Date.now() }));
    sql.exec("INSERT INTO nonce VALUES (?)", event.nonce);
  }
  async callback(body) {
    const event = JSON.parse(body);
    const seen = this.ctx.storage.sql.exec("SELECT 1 FROM nonce WHERE nonce = ?", event.nonce).toArray();
    if (seen.length === 0) this.store(event);
    return '{"ok":true}';
  }
  async start(body) {
    const event = JSON.parse(body);
    const manifest = await (await this.env.BUCKET.get("manifest")).json();
    for (const key of manifest.inputs) await this.env.BUCKET.head(key);
    this.store(event);
    this.ctx.storage.setAlarm(Date.now());
    return '{"ok":true}';
  }
  async alarm() {
    this.ctx.storage.setAlarm(Date.now() + 10_000);
    const [job] = this.ctx.storage.sql.exec("SELECT document FROM job").toArray();
    const answer = await fetch("${CONTAINER}/render", { method: "POST", body: job.document });
    await answer.text();
    this.ctx.storage.deleteAlarm();
  }
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const headers = { "content-type": "application/json" };
    if (url.pathname === "/healthz") return new Response('{"ok":true}', { headers });
    if (url.pathname === "/inputs") {
      await env.BUCKET.put("manifest", JSON.stringify({ inputs: ["video", "subtitles"] }));
      for (const key of ["video", "subtitles"]) await env.BUCKET.put(key, "input");
      return new Response("{}", { headers });
    }
    const body = await request.text();
    const signature = Uint8Array.fromHex(request.headers.get("x-signature"));
    const right = await crypto.subtle.verify("HMAC", await key("${SECRET}"), signature, encoder.encode(body));
    if (!right) return new Response('{"error":"unauthorized"}', { status: 401, headers });
    const job = env.JOBS.getByName(url.searchParams.get("job"));
    const answer = url.pathname === "/jobs" ? await job.start(body) : await job.callback(body);
    return new Response(answer, { headers });
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
        r2Buckets: ["BUCKET"],
        durableObjects: { JOBS: { className: "Job", useSQLite: true } },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      },
    ],
    host: "127.0.0.1",
    port: 0,
    cf: false,
    telemetry: { enabled: false },
    resourcePersistencePath: FOLDER,
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
