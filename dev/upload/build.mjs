/** What each deploy runs: `node dev/upload/build.mjs MAIN TARGET` gathers in TARGET what goes up beside MAIN. */
import { gather } from "./sources.mjs";

gather(process.argv[2], process.argv[3]);
