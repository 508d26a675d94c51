import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../../package.json";
import type { BenchOptions } from "./options.ts";
import { REPORTED_SEEDS, REPORTED_WORLDS_FROM, TUNING_SEEDS } from "./seeds.ts";

const PAGE = join(import.meta.dirname, "../../../docs/benchmarks.md");

/** Writes one part of docs/benchmarks.md; the other part stays as it was. */
export function writePage(kind: BenchOptions["kind"], text: string, date: string): void {
  const known = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  const own = `Version ${version}, Node.js ${process.versions.node.split(".")[0]}, ${date}.\n\n${text}`;
  const part = (name: BenchOptions["kind"]): string =>
    `<!-- ${name} -->\n\n${name === kind ? own : (partOf(known, name) ?? "Not run yet.")}\n\n<!-- end of ${name} -->`;
  writeFileSync(
    PAGE,
    [INTRODUCTION, "## 58 regimes", part("regimes"), "## 400 random worlds", WORLDS, part("worlds"), LIMITS].join(
      "\n\n",
    ),
  );
}

function partOf(page: string, name: BenchOptions["kind"]): string | undefined {
  const from = page.indexOf(`<!-- ${name} -->`);
  const to = page.indexOf(`<!-- end of ${name} -->`);
  return from < 0 || to < 0 ? undefined : page.slice(from + `<!-- ${name} -->`.length, to).trim();
}

const INTRODUCTION = `# Routing benchmark

Written by \`npm run bench:routing\` and \`npm run bench:routing -- --worlds\`; do not edit. All figures are simulated. They do not depend on the machine: the same version gives the same
numbers.

The library's own code — planning, dispatch, health — runs on a virtual clock against routes that are fitted to the [latency lab](routing.md): medians of the time to first byte as measured
there (30 calls a cell, 2026-04-12), log-normal spreads and tails that reproduce its percentiles. Rivals run against the same routes: what applications do today, and the selection rules of other
routers, each as it is and *protected*: with a cooldown and a late backup like this library's own. Every draw depends on the seed, the request, the attempt and the route
alone, so all contenders meet the same luck.

- **effective latency**: min(time to first byte, 30 s) × price; a failure counts as 30 s at the dearest price. The caller gives up after 300 s. Four attempts a request.
- **regret**: how much higher the mean effective latency is than that of an *oracle*, which knows the present state of every route, though not the future or the dice, and has the same late backup.
  Slightly negative values are ties, or a backup that pays off.
- **extra requests**: attempts started while another one of the same request was still silent. Each is a whole prompt more.
- **price**: relative to the global profile, which is 1; regional profiles are at 1.1. **default**: the route that the lab's rule names: global in the US, geographic elsewhere.

Unless a name says otherwise: Claude in Tokyo, 2 requests a second, 30 minutes, the event from minute 10 to 20. Seeds ${REPORTED_SEEDS[0]} to ${REPORTED_SEEDS.at(-1)}; tuning uses ${TUNING_SEEDS[0]} to ${TUNING_SEEDS.at(-1)}.`;

const WORLDS = `Worlds made at random (from seed ${REPORTED_WORLDS_FROM}): two to four routes, 0.05 to 20 requests a second, any spread and tail, quotas in 30 %, up to four events, useless priors in 20 % of the
routes. They show whether the rules fit more than the regimes above.`;

const LIMITS = `## Limits

- Tails are models: the lab's 99th percentiles are single calls, and their rate is a choice that reproduces them. Attempts hang independently of each other, except in the regimes with spells.
- Quotas are token buckets of requests. Real ones count tokens by the minute and reserve the longest possible answer at the start.
- Round trips to remote source Regions (70 and 93 ms) and the in-Region route of the four-route regimes are assumptions.
- Rivals are reimplemented from their sources or papers in the folder \`test/bench/routing/baselines\`; none of them sees the length of a prompt.
- The time that routing itself takes is not in these figures; \`npm run bench\` measures it.
`;
