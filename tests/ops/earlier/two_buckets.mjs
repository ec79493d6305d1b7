/** Two buckets with the S3 side that Cloudflare's simulator gives R2, at the address that is printed first. */
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const [accessKeyId, secretAccessKey, ...names] = process.argv.slice(2);
const s3Credentials = { accessKeyId, secretAccessKey };
const modules = [{ type: "ESModule", path: "worker.mjs", contents: "export default {};" }];
const r2Buckets = Object.fromEntries(names.map((id) => [id.replaceAll("-", "_"), { id, s3Credentials }]));
const workers = [{ name: "buckets", modules, r2Buckets }];
const miniflare = new Miniflare(
  convertV4MiniflareOptions({ workers, host: "127.0.0.1", port: 0, cf: false, telemetry: { enabled: false } }),
);
const { origin } = await miniflare.ready;
console.log(`${origin}/cdn-cgi/local/r2/s3`);
process.stdin.on("end", async () => {
  await miniflare.dispose();
  process.exit(0);
});
process.stdin.resume();
