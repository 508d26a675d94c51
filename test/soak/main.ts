import { parseArgs } from "node:util";
import { writeFigures } from "../support/figures.ts";
import { runSoak } from "./soak.ts";
import { tableOf } from "./table.ts";
import { verdictOn } from "./verdict.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "200000" },
    concurrency: { type: "string", default: "64" },
    seed: { type: "string", default: "1" },
    /** Puts the figures into docs/reliability.md. */
    write: { type: "boolean", default: false },
  },
});

// The one warning that a run may not be blamed for.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const concurrency = Number(values.concurrency);
const figures = await runSoak({
  requests: Number(values.requests),
  concurrency,
  seed: Number(values.seed),
  onProgress: (requests, perSecond) => console.log(`${requests} requests, ${Math.round(perSecond)} a second`),
});
const table = tableOf(figures, concurrency);
console.log(`\n${table}\n`);
console.log(JSON.stringify(figures));
const wrong = verdictOn(figures, concurrency);
for (const text of wrong) console.error(`WRONG: ${text}`);
if (wrong.length > 0) process.exitCode = 1;
else if (values.write) writeFigures("soak", table);
