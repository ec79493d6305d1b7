/** The words that a part waits for, of one language in one file: for each subject on its own, a request would cost more than it brings. */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { nameOf, waitsOf } from "./graph.mjs";

const MESSAGES = "js/messages";

/** As esbuild names a file by its content. @param {string} contents */
const hashOf = (contents) => {
  const digest = createHash("sha256").update(contents).digest();
  return [...digest.subarray(0, 8)].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31]).join("");
};

/**
 * `{files, needed}`: `{"views/jobs@en": [file of {subject: table}]}` of each part that waits for words.
 *
 * @param {import("./graph.mjs").Graph} graph @param {string} source @param {string[]} parts
 */
export async function wordsOfParts(graph, source, parts) {
  const languages = readdirSync(path.join(source, MESSAGES), { withFileTypes: true }).filter((one) => one.isDirectory());
  /** @type {Record<string, string[]>} */
  const needed = {};
  const files = [];
  for (const part of parts) {
    const subjects = waitsOf(graph, part, "Words");
    for (const { name: language } of subjects.length ? languages : []) {
      const contents = JSON.stringify(Object.fromEntries(await Promise.all(subjects.map(async (subject) => [subject, await table(source, language, subject)]))));
      const file = `words-${language}-${hashOf(contents)}.json`;
      files.push({ path: file, contents });
      needed[`${nameOf(part)}@${language}`] = [file];
    }
  }
  return { files, needed };
}

/** @param {string} source @param {string} language @param {string} subject */
async function table(source, language, subject) {
  const module = readFileSync(path.join(source, MESSAGES, language, `${subject}.js`)).toString("base64");
  return (await import(`data:text/javascript;base64,${module}`)).default;
}
