/**
 * The page's first steps: all that can be known of the first view is asked for at once, beside the shell, for each wait for
 * another is a way to the server and back.
 */
import { firstCalls, partOf, viewOf } from "./addresses.js";
import { askAhead, wasEntered } from "./ahead.js";
import { wantedLanguage } from "./i18n.js";
import { fetchPart } from "./loading.js";
import { parse } from "./router.js";

const route = parse(location.hash);
const language = wantedLanguage();
const calls = wasEntered() ? ["/api/engines", ...firstCalls(route)] : [];
// In the order in which they are waited for: over HTTP/1.1 there are six at a time.
askAhead(["/api/session", ...calls.slice(0, 2)]);
for (const part of [`messages/${language}`, partOf(viewOf(route.segments)[0])]) {
  fetchPart(part, language).catch(() => {}); // It is asked for again by who needs it.
}
askAhead(calls.slice(2));
import("./main.js").catch((error) => {
  document.getElementById("app").textContent = "This page did not load. Reload it. 页面没有加载成功，请重新加载。";
  throw error;
});
