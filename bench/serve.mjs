/** Serves one Worker on an address of its own until standard input ends: then the benchmark is gone. */
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

/**
 * Prints the address, and the *secret* that the Worker knows, as a line of JSON.
 *
 * @param {string} script @param {Record<string, unknown>} bindings @param {string} folder for the state
 */
export async function serve(script, bindings, folder, secret = "") {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        // As in the stack, the measured Worker is not the one behind Miniflare's own front.
        { name: "front", modules: true, script: "export default { fetch: () => new Response() };" },
        {
          name: "measured",
          modules: true,
          script,
          compatibilityDate: "2026-09-08",
          ...bindings,
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        },
      ],
      host: "127.0.0.1",
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      resourcePersistencePath: folder,
    }),
  );
  await miniflare.ready;
  const url = await miniflare.unsafeGetDirectURL("measured");
  console.log(JSON.stringify({ url: url.href, secret }));
  process.stdin.resume();
  process.stdin.on("end", async () => {
    await miniflare.dispose();
    process.exit(0);
  });
}
