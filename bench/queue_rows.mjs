/**
 * The storage of a Durable Object, statement by statement, for `python -m bench queue`: each request
 * is `{sql, params}` and is answered with its rows and with how many the runtime has read and
 * written for it, which is what Cloudflare bills.
 *
 * Argument: the folder for the state.
 */
import { serve } from "./serve.mjs";

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

await serve(SCRIPT, { durableObjects: { QUEUES: { className: "Queue", useSQLite: true } } }, FOLDER);
