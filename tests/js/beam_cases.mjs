// Search again in JavaScript what Python searched, and compare: node beam_cases.mjs cases.json
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { merged } from "../../course_lib/widgets/beam_live.js";
import { grown, replay } from "../../course_lib/widgets/beam_replay.js";

const { cases, records, tree: together } = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const { tree, settings, nodes, ended } of cases) {
  const found = replay(grown(tree), settings);
  const plain = found.nodes.slice(1).map((n) => [n.known, n.length, n.fate]);
  assert.deepEqual(plain, nodes.map((n) => n.slice(0, 3)), JSON.stringify(settings));
  found.nodes.slice(1).forEach((n, i) => assert.ok(Math.abs(n.score - nodes[i][3]) < 1e-12));
  assert.deepEqual(found.ended.map((at) => found.nodes[at].known), ended, JSON.stringify(settings));
}
assert.deepEqual(merged(records).tree, together);
console.log(`${cases.length} searches are the same`);
