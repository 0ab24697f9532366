// Answer requests with the browser's decoder and compare with Python's replies; see compare_decoders.py.
import { readFileSync } from "node:fs";

import { loadModel, reply } from "../course_lib/widgets/decoder.js";

const [folder] = process.argv.slice(2);
const json = (/** @type {string} */ name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));

/** @type {{worst: number, different: string[]}} */
const found = { worst: 0, different: [] };

/** @param {any} ours @param {any} theirs @param {string} path  Compare two values, part by part. */
function compare(ours, theirs, path) {
  if (typeof ours === "number" && typeof theirs === "number") {
    found.worst = Math.max(found.worst, Math.abs(ours - theirs));
  } else if (ours === null || theirs === null || typeof ours !== "object" || typeof theirs !== "object") {
    if (ours !== theirs) found.different.push(`${path}: ${ours}, not ${theirs}`);
  } else if (Object.keys(ours).sort().join() !== Object.keys(theirs).sort().join()) {
    found.different.push(`${path}: ${Object.keys(ours)}, not ${Object.keys(theirs)}`);
  } else {
    for (const key of Object.keys(ours)) compare(ours[key], theirs[key], `${path}.${key}`);
  }
}

/** @param {any} model @param {any} request @returns {any} the reply, or the error's message */
function answered(model, request) {
  try {
    return reply(model, request);
  } catch (error) {
    return { error: /** @type {Error} */ (error).message };
  }
}

const [requests, replies] = [json("requests"), json("replies")];
const model = loadModel(readFileSync(`${folder}/model.bin`));
const began = performance.now();
const said = requests.map((/** @type {any} */ request) => answered(model, request));
const milliseconds = (performance.now() - began) / requests.length;
said.forEach((/** @type {any} */ one, /** @type {number} */ i) => {
  for (const key of Object.keys(replies[i])) compare(one[key] ?? null, replies[i][key], `${i}.${key}`);
});
process.stdout.write(JSON.stringify({ ...found, milliseconds }));
