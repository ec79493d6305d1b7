// Calling an operation from its description: fields, what curl and Python would send, and the answer.
import { addressOf, bodyOf, curlOf, isDestructive, pythonOf } from "./calls.js";

const SHOWN_CHARS_MAX = 100_000;
const LANGUAGES = { curl: curlOf, Python: pythonOf };

/** Return what opens to the call of an operation; it is made when it opens. `make` makes elements. */
export function callOf(make, path, method, operation, whole) {
  const details = make("details", { class: "call" }, make("summary", {}, "Call it"));
  details.addEventListener("toggle", () => {
    if (details.children.length === 1) details.append(form(make, path, method, operation, whole));
  });
  return details;
}

function form(make, path, method, operation, whole) {
  const body = bodyOf(operation, whole);
  const id = `call-${operation.operationId}`;
  const named = operation.parameters.filter((one) => ["path", "query"].includes(one.in));
  const inputs = Object.fromEntries(named.map((one) => [one.name, make("input", { id: `${id}-${one.name}`, autocomplete: "off", spellcheck: "false", required: one.in === "path" ? "" : null })]));
  const text = body && body.text !== null ? make("textarea", { id: `${id}-body`, rows: "8", spellcheck: "false" }) : null;
  const file = body && body.text === null ? make("input", { id: `${id}-body`, type: "file" }) : null;
  if (text) text.value = body.text;
  const now = () => {
    const values = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value.trim()]));
    return { method, address: addressOf(path, named, values), body: body && { ...body, text: text ? text.value : null } };
  };
  const samples = Object.entries(LANGUAGES).map(([language, write]) => sample(make, language, () => write(now()), path));
  const answer = make("div", { class: "answer", role: "status" });
  const sent = make(
    "form",
    { class: "call-form", id },
    named.map(({ name }) => make("div", {}, make("label", { for: `${id}-${name}` }, name), inputs[name])),
    body ? make("div", { class: "wide" }, make("label", { for: `${id}-body` }, text ? "Body" : `File (${body.type})`), text ?? file) : null,
    make("button", {}, "Send"),
  );
  sent.addEventListener("input", () => samples.forEach(({ show }) => show()));
  sent.addEventListener("submit", async (event) => {
    event.preventDefault();
    const call = now();
    if (isDestructive(method, path) && !(await asked(make, `${method.toUpperCase()} ${call.address}`))) return;
    answer.replaceChildren(make("p", { class: "muted" }, "Sending…"));
    answer.replaceChildren(...(await answered(make, call, file?.files[0])));
  });
  return make("div", {}, samples.map(({ element }) => element), sent, answer);
}

function sample(make, language, write, path) {
  const code = make("code", {});
  const copy = make("button", { type: "button", class: "copy", "aria-label": `Copy ${language}: ${path}` }, "Copy");
  const show = () => {
    code.textContent = write();
    copy.textContent = "Copy";
  };
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(code.textContent).catch(() => {});
    copy.textContent = "Copied";
  });
  show();
  const box = make("pre", { tabindex: "0", "aria-label": `${language}: ${path}` }, code);
  return { show, element: make("div", { class: "sample" }, make("div", { class: "sample-head" }, make("span", {}, language), copy), box) };
}

/** Ask before something is taken away or ended. */
function asked(make, what) {
  const no = make("button", { value: "", class: "plain" }, "Don't send");
  const dialog = make("dialog", { "aria-labelledby": "ask" }, make("form", { method: "dialog" }, make("h2", { id: "ask" }, "Send this?"), make("p", {}, make("code", {}, what)), make("p", {}, "It takes something away or ends it, in your workspace."), no, make("button", { value: "yes" }, "Send")));
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue === "yes");
    });
  });
}

/** Send a call with the session's cookie; return the answer's parts. */
async function answered(make, { method, address, body }, file) {
  const begun = performance.now();
  try {
    const response = await fetch(address, {
      method: method.toUpperCase(),
      headers: body ? { "content-type": file?.type || body.type } : {},
      body: body ? (body.text ?? file ?? "") : undefined,
      credentials: "same-origin",
    });
    const shown = await bodyText(response);
    const ms = Math.round(performance.now() - begun);
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    return [
      make("p", {}, make("code", { class: `status s${String(response.status)[0]}` }, `${response.status} ${response.statusText}`.trim()), ` in ${ms} ms`),
      make("details", {}, make("summary", {}, "Headers"), make("pre", { tabindex: "0" }, headers)),
      shown ? make("pre", { tabindex: "0", "aria-label": "Answer" }, shown) : make("p", { class: "muted" }, "No body."),
    ];
  } catch {
    return [make("p", {}, "The API does not answer.")];
  }
}

async function bodyText(response) {
  const type = response.headers.get("content-type") ?? "";
  if (!/json|text|xml|subrip|ssa/.test(type)) {
    const { size } = await response.blob();
    return size ? `${size} bytes of ${type || "an unknown type"}` : "";
  }
  const text = await response.text();
  const said = type.includes("json") ? pretty(text) : text;
  return said.length > SHOWN_CHARS_MAX ? `${said.slice(0, SHOWN_CHARS_MAX)}\n…` : said;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
