/** Back from the organisation's provider: on to where one was, with the reason if one was not let in. */
import { has, t, useServerWords } from "../i18n.js";
import { link, parse } from "../router.js";

const KEY = "media-jobs-back";
let problem = "";

/** Go to the provider; `url` is where the server sends the browser. */
export function leaveTo(url) {
  try {
    sessionStorage.setItem(KEY, location.hash);
  } catch {
    // Then one comes back to the library.
  }
  location.assign(url);
}

/** Take the address that the server sent the browser back to for the one that it left. */
export function comeBack() {
  const { segments, query } = parse(location.hash);
  if (segments[0] !== "signed-in") return;
  problem = query.problem ?? "";
  history.replaceState(null, "", placeBefore());
}

function placeBefore() {
  let before = "";
  try {
    before = sessionStorage.getItem(KEY) ?? "";
    sessionStorage.removeItem(KEY);
  } catch {
    // It was not kept.
  }
  const isUsed = !problem && before.startsWith("#/join/");
  return before.startsWith("#/") && !isUsed ? before : link("library");
}

/** Say why one was not let in, in words, once: `tell(text)`. */
export async function tellProblem(tell) {
  const key = problem;
  problem = "";
  if (!key) return;
  await useServerWords().catch(() => {}); // Without them nothing more is said.
  tell(has(key) ? t(key) : t("signin.notLetIn"));
}
