/**
 * Builds the page that is served: `node dev/page/build.mjs SOURCE TARGET`.
 *
 * The modules and styles of SOURCE (public/) are bundled and named by their content, so that browsers may keep them for ever;
 * `index.html` names what a first load needs, and in `<meta name="files">` what each part needs that is loaded later
 * (public/js/loading.js). Everything else is copied. TARGET is replaced as a whole, at the end.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { Graph, filesOfParts, isWords, sharedModules } from "./graph.mjs";
import { wordsOfParts } from "./words.mjs";

const BUNDLED = ["css", "js", "vendor"];
const PAGE = "index.html";
const ASSETS = "assets";

/**
 * Modules that are imported before others, so that what each of them imports is one file: `{name: {of, by}}`.
 *
 * @param {Record<string, { of: string[], by: Set<string> }>} groups
 */
const grouping = (groups) => ({
  name: "groups",
  /** @param {import("esbuild").PluginBuild} hooks */
  setup(hooks) {
    hooks.onResolve({ filter: /^group:/ }, ({ path: name }) => ({ path: name.slice("group:".length), namespace: "group" }));
    hooks.onLoad({ filter: /.*/, namespace: "group" }, ({ path: name }) => ({
      contents: groups[name].of.map((module) => `import ${JSON.stringify(module)};`).join("\n"),
      resolveDir: "/",
    }));
    hooks.onLoad({ filter: /\.js$/ }, ({ path: file }) => {
      const before = Object.keys(groups).filter((name) => groups[name].by.has(file));
      const imports = before.map((name) => `import "group:${name}";`).join("");
      return before.length ? { contents: imports + readFileSync(file, "utf8") } : undefined;
    });
  },
});

/** @param {string} source @param {string} main @param {import("esbuild").Plugin[]} plugins */
async function bundle(source, main, plugins = []) {
  const made = await build({
    absWorkingDir: source,
    entryPoints: [main],
    outdir: path.join(source, ASSETS),
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    minify: true,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    metafile: true,
    write: false,
    logLevel: "warning",
    plugins,
  });
  return { graph: new Graph(made.metafile, source, ASSETS), files: made.outputFiles };
}

/** An address of the page's own, as `url("/css/chevron.svg")`, is a file of its sources. @param {string} source */
const rooted = (source) => ({
  name: "rooted",
  /** @param {import("esbuild").PluginBuild} hooks */
  setup: (hooks) => hooks.onResolve({ filter: /^\// }, ({ path: name }) => ({ path: path.join(source, name) })),
});

/** One file of several style sheets, in their order. @param {string} source @param {string[]} sheets @param {string} subject */
async function styles(source, sheets, subject) {
  const made = await build({
    absWorkingDir: source,
    stdin: { contents: sheets.map((sheet) => `@import "./${sheet}";`).join("\n"), loader: "css", resolveDir: source, sourcefile: subject },
    outdir: path.join(source, ASSETS),
    bundle: true,
    charset: "utf8",
    minify: true,
    loader: { ".svg": "file" },
    plugins: [rooted(source)],
    entryNames: `${subject}-[hash]`,
    assetNames: "[name]-[hash]",
    write: false,
    logLevel: "warning",
  });
  const sheet = made.outputFiles.find((file) => file.path.endsWith(".css"));
  if (!sheet) throw new Error(`no style sheet was made of ${sheets}`);
  return { subject, name: path.basename(sheet.path), files: made.outputFiles };
}

/** The values of an attribute of the tags that `tag` finds. @param {string} html @param {RegExp} tag */
const named = (html, tag) => [...html.matchAll(tag)].map((match) => match[1]);

/** @param {string} source @param {string} target */
export async function buildPage(source, target) {
  const html = readFileSync(path.join(source, PAGE), "utf8");
  const [main] = named(html, /<script type="module" src="\/([^"]+)"/g);
  const sheets = named(html, /<link rel="stylesheet" href="\/([^"]+)"/g);
  const apart = (await bundle(source, main)).graph;
  const beginning = apart.beginning(main);
  const { graph, files } = await bundle(source, main, [grouping(groups(source, apart, beginning))]);
  const look = await styles(source, sheets, "page");
  const looks = await Promise.all(partStyles(source, sheets).map((subject) => styles(source, [`css/${subject}.css`], subject)));
  const words = await wordsOfParts(graph, source, graph.entries().filter((one) => !isWords(one)));
  const needed = { ...filesOfParts(graph, beginning, Object.fromEntries(looks.map(({ subject, name }) => [subject, name]))), ...words.needed };
  const scripts = [...new Set(beginning.flatMap((one) => graph.filesOf(one)))];
  write(source, target, firstLoad(html, look.name, scripts, needed), [...files, ...words.files, ...[look, ...looks].flatMap((made) => made.files)]);
}

/** What comes with the first load, and what several parts need beyond it. @param {string} source @param {Graph} graph @param {string[]} beginning */
function groups(source, graph, beginning) {
  const { first, common } = sharedModules(graph, beginning);
  // Not with the entry itself: its steps are taken before the rest has come.
  const parts = graph.entries().filter((one) => one !== beginning[0] && !isWords(one));
  const users = parts.filter((entry) => common.some((module) => graph.modules(entry).has(module)));
  const placed = (/** @type {string[]} */ modules) => modules.map((module) => path.join(source, module));
  return {
    first: { of: placed(first), by: new Set(placed(parts)) },
    common: { of: placed(common), by: new Set(placed(users)) },
  };
}

/** The subjects whose styles come with the parts that wait for them: the page does not name them. @param {string} source @param {string[]} sheets */
function partStyles(source, sheets) {
  const names = readdirSync(path.join(source, "css")).filter((name) => name.endsWith(".css") && !sheets.includes(`css/${name}`));
  return names.map((name) => path.basename(name, ".css"));
}

/** The entry is `async`, so as not to wait for styles. @param {string} html @param {string} sheet @param {string[]} scripts @param {Record<string, string[]>} needed */
function firstLoad(html, sheet, scripts, needed) {
  const [entry, ...others] = scripts;
  const head = [
    `<link rel="stylesheet" href="/${ASSETS}/${sheet}">`,
    ...others.map((file) => `<link rel="modulepreload" href="/${ASSETS}/${file}">`),
    `<meta name="files" content='${JSON.stringify(needed)}'>`,
    `<script type="module" async src="/${ASSETS}/${entry}"></script>`,
  ];
  const rest = html.replace(/^\s*<(?:link rel="(?:stylesheet|modulepreload)"|script type="module")[^\n]*\n/gm, "");
  return rest.replace("</head>", `${head.map((line) => `  ${line}\n`).join("")}</head>`);
}

/** @param {string} source @param {string} target @param {string} page @param {{ path: string, contents: Uint8Array | string }[]} files */
function write(source, target, page, files) {
  mkdirSync(path.dirname(target), { recursive: true });
  const folder = mkdtempSync(`${target}-`);
  for (const name of readdirSync(source)) {
    if (name !== PAGE && !BUNDLED.includes(name)) cpSync(path.join(source, name), path.join(folder, name), { recursive: true });
  }
  mkdirSync(path.join(folder, ASSETS));
  for (const file of files) writeFileSync(path.join(folder, ASSETS, path.basename(file.path)), file.contents);
  writeFileSync(path.join(folder, PAGE), page);
  if (existsSync(target)) rmSync(target, { recursive: true });
  renameSync(folder, target);
}

if (process.argv[1] === import.meta.filename) {
  const [source, target] = process.argv.slice(2);
  await buildPage(realpathSync(source), path.resolve(target));
}
