// The API's reference: /api/openapi.json, shown. Nothing here knows any operation by name.
import { resolve } from "./reference/calls.js";
import { callOf } from "./reference/try.js";

const byId = (id) => document.getElementById(id);
const METHODS = ["get", "head", "post", "put", "patch", "delete"];
const DEPTH_MAX = 6;

/** Return a new element; children are elements or texts, attributes that are null are left out. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** Return text with what stands between backticks as code. */
function prose(text) {
  return text.split("`").map((part, place) => (place % 2 ? make("code", {}, part) : part));
}

function anchor(operation) {
  return `op-${operation.operationId}`;
}

function refName(schema) {
  return schema.$ref?.split("/").at(-1) ?? null;
}

/** Return a schema's type in words, and its limits. */
function typeOf(schema, whole) {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => typeOf(choice, whole)).join(" or ");
  const found = resolve(schema, whole);
  if (found.const !== undefined) return JSON.stringify(found.const);
  if (found.enum) return found.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (found.type === "array") return `list of ${typeOf(found.items ?? {}, whole)}`;
  if (found.type === "object" && found.properties) return refName(schema) ?? "object";
  if (found.type === "object" && found.additionalProperties?.$ref) {
    return `map of ${typeOf(found.additionalProperties, whole)}`;
  }
  return refName(schema) && !found.type ? refName(schema) : (found.type ?? "anything");
}

function limitsOf(schema, whole) {
  const found = resolve(schema, whole);
  const said = [];
  const least = found.minimum ?? found.exclusiveMinimum;
  const most = found.maximum ?? found.exclusiveMaximum;
  if (least !== undefined && most !== undefined) said.push(`${least} to ${most}`);
  else if (least !== undefined) said.push(`at least ${least}`);
  else if (most !== undefined) said.push(`at most ${most}`);
  if (found.maxLength !== undefined) said.push(`up to ${found.maxLength} characters`);
  if (found.maxItems !== undefined) said.push(`up to ${found.maxItems} items`);
  if (found.default !== undefined && found.default !== null) {
    said.push(`default ${JSON.stringify(found.default)}`);
  }
  return said.join(", ");
}

/** Return the schemas with fields of their own that are inside of a schema. */
function parts(schema, whole) {
  const found = resolve(schema, whole);
  if (found.properties) return [schema];
  const inner = [...(found.anyOf ?? []), ...(found.oneOf ?? [])];
  if (found.items) inner.push(found.items);
  if (found.additionalProperties?.$ref) inner.push(found.additionalProperties);
  return inner.flatMap((one) => parts(one, whole));
}

/** Return an element that opens to a schema's fields; they are made when it opens. */
function fold(schema, whole, depth) {
  const name = refName(schema) ?? resolve(schema, whole).title ?? "fields";
  const details = make("details", {}, make("summary", {}, name));
  details.addEventListener("toggle", () => {
    if (details.children.length === 1) details.append(fields(schema, whole, depth));
  });
  return details;
}

function fields(schema, whole, depth = 0) {
  const found = resolve(schema, whole);
  const needed = new Set(found.required ?? []);
  const rows = Object.entries(found.properties ?? {}).map(([name, field]) => {
    const inner = depth < DEPTH_MAX ? parts(field, whole) : [];
    const said = field.description ?? "";
    return row(name, needed.has(name), field, said, whole, inner.map((one) => fold(one, whole, depth + 1)));
  });
  const described = found.description ? [make("p", { class: "muted" }, prose(found.description))] : [];
  return make("div", { class: "fields" }, described, make("dl", {}, rows.flat()));
}

function row(name, needed, schema, said, whole, inner = []) {
  const limits = limitsOf(schema, whole);
  return [
    make("dt", {}, make("code", {}, name), needed ? make("span", { class: "needed" }, "needed") : null),
    make(
      "dd",
      {},
      make("span", { class: "type" }, typeOf(schema, whole)),
      limits ? make("span", { class: "muted" }, ` ${limits}`) : null,
      said ? make("div", {}, prose(said)) : null,
      inner,
    ),
  ];
}

function content(contents, whole) {
  return Object.entries(contents ?? {}).map(([type, { schema }]) => {
    const inner = parts(schema ?? {}, whole);
    return make(
      "div",
      { class: "content" },
      make("code", {}, type === "*/*" ? "the file's own content type" : type),
      inner.map((one) => fold(one, whole, 0)),
    );
  });
}

function section(title, ...children) {
  return make("section", {}, make("h4", {}, title), ...children);
}

function parameters(operation, whole) {
  return ["path", "query", "header"].flatMap((place) => {
    const found = operation.parameters.filter((parameter) => parameter.in === place);
    if (!found.length) return [];
    const rows = found.flatMap(({ name, required, schema }) =>
      row(name, Boolean(required), schema, schema.description ?? "", whole),
    );
    return [section({ path: "Path", query: "Query", header: "Headers" }[place], make("dl", {}, rows))];
  });
}

function answers(operation, whole) {
  const rows = Object.entries(operation.responses).flatMap(([status, answer]) => [
    make("dt", {}, make("code", { class: `status s${status[0]}` }, status)),
    make("dd", {}, prose(answer.description), content(answer.content, whole)),
  ]);
  return section("Answers", make("dl", {}, rows));
}

function card(path, method, operation, whole) {
  const id = anchor(operation);
  const access = operation["x-scope"];
  const body = operation.requestBody;
  return make(
    "article",
    { id, "aria-labelledby": `${id}-title` },
    make(
      "h3",
      { id: `${id}-title` },
      make("span", { class: `method ${method}` }, method.toUpperCase()),
      make("a", { class: "path", href: `#${id}` }, path),
      access && access !== "any" ? make("span", { class: "scope" }, access) : null,
    ),
    make("p", {}, prose(operation.summary)),
    parameters(operation, whole),
    body ? section(body.required ? "Body" : "Body, if any", content(body.content, whole)) : null,
    answers(operation, whole),
    callOf(make, path, method, operation, whole),
  );
}

function show(whole) {
  const groups = new Map();
  for (const [path, item] of Object.entries(whole.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const [tag] = item[method].tags;
      groups.set(tag, [...(groups.get(tag) ?? []), [path, method, item[method]]]);
    }
  }
  const intro = make("div", { class: "intro" }, make("h1", {}, `${whole.info.title} API`));
  intro.append(make("p", {}, whole.info.description), make("p", { class: "muted" }, `Version ${whole.info.version}`));
  byId("reference").append(intro);
  for (const [tag, operations] of groups) {
    const cards = operations.map(([path, method, operation]) => card(path, method, operation, whole));
    byId("reference").append(make("section", { class: "group" }, make("h2", {}, tag), cards));
    const links = operations.map(([path, method, operation]) =>
      make(
        "li",
        {},
        make(
          "a",
          { href: `#${anchor(operation)}`, title: operation.summary },
          make("span", { class: `method ${method}` }, method.toUpperCase()),
          make("span", { class: "path" }, path.replace(/^\/api/, "")),
        ),
      ),
    );
    byId("contents").append(make("section", {}, make("h2", {}, tag), make("ul", {}, links)));
  }
  document.querySelector("nav").hidden = false;
  document.querySelector(".raw").hidden = false;
  byId("notice").hidden = true;
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

/** Show only the operations whose method, path or summary has every word. */
function filter() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of document.querySelectorAll("#contents section")) {
    for (const item of group.querySelectorAll("li")) {
      const text = `${item.textContent} ${item.firstChild.title}`.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
    }
    group.hidden = !group.querySelector("li:not([hidden])");
  }
}

function tell(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = false;
}

async function load() {
  tell("Loading…");
  try {
    const answer = await fetch("/api/openapi.json");
    const document = await answer.json();
    if (answer.ok) show(document);
    else if (answer.status === 401) askForToken();
    else tell(document.detail);
  } catch {
    tell("The API does not answer. Reload the page to try again.");
  }
}

function askForToken() {
  byId("notice").hidden = true;
  byId("sign-in").hidden = false;
  byId("token").focus();
}

async function signIn(event) {
  event.preventDefault();
  byId("refused").textContent = "";
  try {
    const answer = await fetch("/api/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token: byId("token").value.trim() }),
    });
    if (answer.ok) {
      byId("sign-in").hidden = true;
      await load();
    } else {
      byId("refused").textContent = (await answer.json()).detail;
    }
  } catch {
    byId("refused").textContent = "The API does not answer. Try again.";
  }
}

byId("filter").addEventListener("input", filter);
byId("sign-in").addEventListener("submit", signIn);
load();
