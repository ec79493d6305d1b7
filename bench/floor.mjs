/**
 * What workerd itself costs: the trivial route, the callback, the job start and whole jobs in a few lines of JavaScript, with the same
 * calls of the runtime (HTTP, HMAC, D1, R2, Durable Objects, SQL, alarms) and none of the checks, retries and records that make
 * them worth anything. As both Workers do: the app keeps a row and its events; the orchestrator has an object for each job, which
 * reads what the message does not bring, asks a dispatcher for a slot, and its container for how it is, calls the container, takes
 * reports, asks the bucket for the outputs, writes a receipt, and tells the app of the start and of the end. The rows of the Python
 * Workers less these are the price of the language and of the checks.
 *
 * Arguments: the folder for the state, the address of the container.
 */
import { serve } from "./serve.mjs";

const [, , FOLDER, CONTAINER] = process.argv;
const SECRET = "floor";
const SCRIPT = `
import { DurableObject } from "cloudflare:workers";
const encoder = new TextEncoder();
const key = (use) =>
  crypto.subtle.importKey("raw", encoder.encode("${SECRET}"), { name: "HMAC", hash: "SHA-256" }, false, [use]);

async function post(url, document) {
  const body = JSON.stringify({ ...document, nonce: crypto.randomUUID() });
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", await key("sign"), encoder.encode(body)));
  const answer = await fetch(url, { method: "POST", body, headers: { "x-signature": signature.toHex() } });
  return await answer.text();
}

async function signed(request) {
  const body = await request.text();
  const signature = Uint8Array.fromHex(request.headers.get("x-signature"));
  if (!(await crypto.subtle.verify("HMAC", await key("verify"), signature, encoder.encode(body)))) throw new Error("401");
  return JSON.parse(body);
}

export class Dispatcher extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS ticket (job TEXT PRIMARY KEY, document TEXT)");
  }
  request(job) {
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO ticket VALUES (?, ?)", job, "{}");
    return "granted";
  }
  release(job) {
    this.ctx.storage.sql.exec("DELETE FROM ticket WHERE job = ?", job);
  }
}

export class Hub extends DurableObject {
  publish(change) {
    return change.length;
  }
}

export class Job extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY, document TEXT)");
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS nonce (nonce TEXT PRIMARY KEY)");
  }
  store(event) {
    const { sql } = this.ctx.storage;
    sql.exec("INSERT OR REPLACE INTO job VALUES (1, ?)", JSON.stringify(event));
    sql.exec("INSERT INTO nonce VALUES (?)", event.nonce);
    this.ctx.storage.setAlarm(Date.now() + 45_000);
  }
  async tell(event, status) {
    if (event.tells) await post(event.origin + "/told", { job: event.job, status });
  }
  async start(event) {
    if (!event.carried) {
      const manifest = await (await this.env.BUCKET.get("manifest")).json();
      for (const key of manifest.inputs) await this.env.BUCKET.head(key);
    }
    this.store(event);
    this.ctx.waitUntil(this.begin(event));
    return "ok";
  }
  async begin(event) {
    await this.env.DISPATCHERS.getByName("engine").request(event.job);
    await (await fetch("${CONTAINER}/health")).text();
    await post("${CONTAINER}/render", { jobId: event.job, callbackUrl: event.origin + "/callback" });
    this.ctx.storage.sql.exec("UPDATE job SET document = ?", JSON.stringify(event));
    await this.tell(event, "preparing");
  }
  async callback(event) {
    const { sql } = this.ctx.storage;
    if (sql.exec("SELECT 1 FROM nonce WHERE nonce = ?", event.nonce).toArray().length > 0) return "ok";
    this.store(event);
    if (event.status !== "completed") return "ok";
    for (const output of event.outputs) await this.env.BUCKET.head(output);
    await this.env.BUCKET.put("receipts/" + event.job, JSON.stringify(event));
    await this.env.DISPATCHERS.getByName("engine").release(event.job);
    await this.tell(event, "completed");
    this.ctx.storage.deleteAlarm();
    return "ok";
  }
}

const ROUTES = {
  "/healthz"() {},
  async "/setup"(_request, { DB, BUCKET }) {
    await DB.batch([
      DB.prepare("CREATE TABLE tokens (hash TEXT PRIMARY KEY)"),
      DB.prepare("CREATE TABLE jobs (id TEXT PRIMARY KEY, status TEXT, at INTEGER)"),
      DB.prepare("CREATE INDEX by_status ON jobs (status, at)"),
      DB.prepare("CREATE TABLE events (job TEXT, seq INTEGER, status TEXT, PRIMARY KEY (job, seq))"),
      DB.prepare("INSERT INTO tokens VALUES ('token')"),
    ]);
    await BUCKET.put("manifest", JSON.stringify({ inputs: ["video", "subtitles"] }));
    for (const key of ["video", "subtitles", "output"]) await BUCKET.put(key, key);
  },
  async "/create"(request, { DB, BUCKET, HUB }, origin) {
    const { job } = await request.json();
    await DB.prepare("SELECT * FROM tokens WHERE hash = ?").bind("token").all();
    await BUCKET.put("manifests/" + job, JSON.stringify({ job }));
    await DB.batch([
      DB.prepare("INSERT INTO jobs VALUES (?, 'queued', ?)").bind(job, Date.now()),
      DB.prepare("INSERT INTO events VALUES (?, 0, 'queued')").bind(job),
    ]);
    await post(origin + "/jobs", { job, carried: true, tells: true });
    await HUB.getByName("live").publish(job);
  },
  async "/jobs"(request, { JOBS }, origin) {
    const event = await signed(request);
    await JOBS.getByName(event.job).start({ ...event, origin });
  },
  async "/callback"(request, { JOBS }, origin) {
    const event = await signed(request);
    await JOBS.getByName(event.job).callback({ ...event, origin });
  },
  async "/told"(request, { DB, HUB }) {
    const { job, status } = await signed(request);
    await DB.prepare("SELECT * FROM jobs WHERE id = ?").bind(job).all();
    await DB.batch([
      DB.prepare("INSERT INTO events SELECT ?, count(*), ? FROM events WHERE job = ?").bind(job, status, job),
      DB.prepare("UPDATE jobs SET status = ?, at = ? WHERE id = ?").bind(status, Date.now(), job),
    ]);
    await HUB.getByName("live").publish(job);
  },
};

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    await ROUTES[url.pathname](request, env, url.origin);
    return new Response('{"ok":true}', { headers: { "content-type": "application/json" } });
  },
};
`;

/** @param {string} className */
const object = (className) => ({ className, useSQLite: true });
const durableObjects = { JOBS: object("Job"), DISPATCHERS: object("Dispatcher"), HUB: object("Hub") };
await serve(SCRIPT, { d1Databases: ["DB"], r2Buckets: ["BUCKET"], durableObjects }, FOLDER, SECRET);
