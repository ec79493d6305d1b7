// An operation as a call (pure): what its body may look like, its address, and how curl and Python send it.

const DEPTH_MAX = 4;

/** Return the schema that a reference leads to. */
export function resolve(schema, whole) {
  const path = schema.$ref?.split("/").slice(1) ?? null;
  return path === null ? schema : path.reduce((node, name) => node[name], whole);
}

/** Return a value that a schema takes: its needed fields alone, the default or the first choice where there is one. */
export function exampleOf(schema, whole, depth = 0) {
  const found = resolve(schema ?? {}, whole);
  if (found.examples?.length) return found.examples[0];
  if (found.const !== undefined) return found.const;
  if (found.default !== undefined && found.default !== null) return found.default;
  if (found.enum) return found.enum[0];
  const choices = found.anyOf ?? found.oneOf;
  if (choices) return exampleOf(choices.find((one) => one.type !== "null") ?? choices[0], whole, depth);
  if (found.type === "integer" || found.type === "number") return found.minimum ?? 0;
  if (found.type === "boolean") return false;
  if (found.type === "array") return found.minItems && depth < DEPTH_MAX ? [exampleOf(found.items, whole, depth + 1)] : [];
  if (found.type === "string") return "";
  const needed = depth < DEPTH_MAX ? (found.required ?? []) : [];
  return Object.fromEntries(needed.map((name) => [name, exampleOf(found.properties?.[name], whole, depth + 1)]));
}

/** Return what an operation takes as its body: `{type, text}`, the text null for a file; null for none. */
export function bodyOf(operation, whole) {
  const [found] = Object.entries(operation.requestBody?.content ?? {});
  if (!found) return null;
  const [type, { schema }] = found;
  if (!type.includes("json")) return { type, text: null };
  return { type, text: JSON.stringify(exampleOf(schema, whole), null, 2) };
}

/** Return path and query with `values` by the names of the parameters; what is empty is left out of the query. */
export function addressOf(path, parameters, values) {
  const filled = path.replace(/\{(\w+)\}/g, (whole, name) => (values[name] ? encodeURIComponent(values[name]) : whole));
  const query = parameters.filter((one) => one.in === "query" && values[one.name]).map((one) => [one.name, values[one.name]]);
  return query.length ? `${filled}?${new URLSearchParams(query)}` : filled;
}

/** Whether a call takes something away, or ends it, so that it is to be asked about first. */
export const isDestructive = (method, path) => method === "delete" || /\/(cancel|trash|secret|sign-out)$/.test(path);

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Return the command that sends a call; `body`: `{type, text}`, of a file without text, or null. */
export function curlOf({ method, address, body }) {
  const lines = [`curl${method === "get" ? "" : method === "head" ? " --head" : ` -X ${method.toUpperCase()}`} "$VIDGEN_URL"${quoted(address)}`];
  lines.push('-H "Authorization: Bearer $VIDGEN_TOKEN"');
  if (body) lines.push(`-H ${quoted(`Content-Type: ${body.type}`)}`, body.text === null ? "--data-binary @FILE" : `--data ${quoted(body.text)}`);
  return lines.join(" \\\n  ");
}

/** Return the program that sends a call, with nothing but Python's own library. */
export function pythonOf({ method, address, body }) {
  const headers = ['"Authorization": "Bearer " + os.environ["VIDGEN_TOKEN"]'];
  if (body) headers.push(`"Content-Type": ${JSON.stringify(body.type)}`);
  const data = !body ? [] : [body.text === null ? '    data=open("FILE", "rb").read(),' : `    data=${JSON.stringify(body.text)}.encode(),`];
  return [
    "import os",
    "from urllib.request import Request, urlopen",
    "",
    "request = Request(",
    `    os.environ["VIDGEN_URL"] + ${JSON.stringify(address)},`,
    `    method="${method.toUpperCase()}",`,
    `    headers={${headers.join(", ")}},`,
    ...data,
    ")",
    "with urlopen(request) as answer:",
    "    print(answer.status, answer.read().decode())",
  ].join("\n");
}
