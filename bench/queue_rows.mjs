/**
 * The storage of a Durable Object, statement by statement, for `python -m bench queue`: each request
 * is `{sql, params}` and is answered with its rows and with how many the runtime has read and
 * written for it, which is what Cloudflare bills.
 *
 * Argument: the folder for the state.
 */
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const [, , FOLDER] = process.argv;
const SCRIPT = `
import { DurableObject } from "cloudflare:workers";

export class Queue extends DurableObject {
  fetch(request) {
    return request.json().then(({ sql, params }) => {
      try {
        const cursor = this.ctx.storage.sql.exec(sql, ...params);
        const rows = cursor.toArray();
        return Response.json({ rows, read: cursor.rowsRead, written: cursor.rowsWritten });
      } catch (error) {
        return Response.json({ error: String(error) });
      }
    });
  }
}

export default {
  fetch: (request, env) => env.QUEUES.getByName(new URL(request.url).pathname).fetch(request),
};
`;

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    workers: [
      // As in the stack, the measured Worker is not the one behind Miniflare's own front.
      { name: "front", modules: true, script: "export default { fetch: () => new Response() };" },
      {
        name: "queue",
        modules: true,
        script: SCRIPT,
        compatibilityDate: "2026-09-08",
        durableObjects: { QUEUES: { className: "Queue", useSQLite: true } },
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
const url = await miniflare.unsafeGetDirectURL("queue");
console.log(JSON.stringify({ url: url.href, secret: "" }));

// When standard input ends, the benchmark is gone.
process.stdin.resume();
process.stdin.on("end", async () => {
  await miniflare.dispose();
  process.exit(0);
});
