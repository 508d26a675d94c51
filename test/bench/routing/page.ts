import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../../package.json";
import { REPORTED_SEEDS, REPORTED_WORLDS_FROM, TUNING_SEEDS } from "./seeds.ts";

/** The parts of docs/benchmarks.md, each written by a run of its own. */
export type Part = "regimes" | "worlds" | "fleets" | "fleet-ablation" | "ablation" | "overhead" | "peers";

const PAGE = join(import.meta.dirname, "../../../docs/benchmarks.md");

/** Writes one part of docs/benchmarks.md; the other parts stay as they were. */
export function writePart(part: Part, text: string, date: string): void {
  const known = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  writeFileSync(PAGE, pageWith(known, part, text, date));
}

/** The page `known` with `text` as its `part`. */
export function pageWith(known: string, part: Part, text: string, date: string): string {
  const own = `Version ${version}, Node.js ${process.versions.node.split(".")[0]}, ${date}.\n\n${text}`;
  const marked = (name: Part): string =>
    `<!-- ${name} -->\n\n${name === part ? own : (partOf(known, name) ?? "Not run yet.")}\n\n<!-- end of ${name} -->`;
  return [
    ...[INTRODUCTION, "## Regimes", marked("regimes"), "## 400 random worlds", WORLDS, marked("worlds")],
    ...["## Fleets", FLEETS, marked("fleets")],
    ...["### What each rule of fleets is worth", FLEET_ABLATION, marked("fleet-ablation")],
    ...["## What each mechanism is worth", ABLATION, marked("ablation"), LIMITS],
    ...["## What routing costs", OVERHEAD, marked("overhead")],
    ...["## Head to head", PEERS, marked("peers"), PEERS_LIMITS],
  ].join("\n\n");
}

function partOf(page: string, name: Part): string | undefined {
  const from = page.indexOf(`<!-- ${name} -->`);
  const to = page.indexOf(`<!-- end of ${name} -->`);
  return from < 0 || to < 0 ? undefined : page.slice(from + `<!-- ${name} -->`.length, to).trim();
}

const INTRODUCTION = `# Benchmarks

Three benchmarks: the routing rules against other rules, simulated; further below, [what routing costs](#what-routing-costs) in CPU time and memory; and this package
[head to head](#head-to-head) with other packages on the same fake Bedrock. All parts are written by their runs; do not edit.

## Routing

Written by \`npm run bench:routing\` and \`npm run bench:routing -- --worlds\`. All figures are simulated. They do not depend on the machine: the same version gives the same
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

Groups 1 to 12 are one long-lived process with the lab's prompts (but for 8: many short-lived ones). Groups 13 to 16 are the worlds beside that: workloads slower or faster than the lab's, a process that
is frozen, blocked or met by a burst, a share of requests on the flex tier, conversations with a prompt cache.

Unless a name says otherwise: Claude in Tokyo, 2 requests a second, 30 minutes, the event from minute 10 to 20. Seeds ${REPORTED_SEEDS[0]} to ${REPORTED_SEEDS.at(-1)}; tuning uses ${TUNING_SEEDS[0]} to ${TUNING_SEEDS.at(-1)}.`;

const WORLDS = `Worlds made at random (from seed ${REPORTED_WORLDS_FROM}): two to four routes, 0.05 to 20 requests a second, any spread and tail, quotas in 30 %, up to four events, useless priors in 20 % of the
routes, half of them with prompts that take 0.1 to 10 times of what is expected, 30 % in processes that live for 10 to 200 requests, 30 % with a process that stands still for 1 to 30 s now and then.
They show whether the rules fit more than the regimes above.`;

const FLEETS = `Written by \`npm run bench:routing -- --fleets\`: worlds of many processes, in which each knows what it has
observed itself (*alone*), restores the [snapshot](statistics.md#snapshots) of whoever answered last (*handed over*), or has a
[store](fleet.md) in common with the others (*shared*): 2 ms away, refreshed every 2 s while requests are made. Short-lived
processes are frozen between their requests. Trouble is from minute 5 to 10 of 12, or from the first request on. That both
routes congest (F5) is an assumption: whether AWS's do under one account is not known. 3m and 8 are those of the regimes above.

In a process that is alone in its store, every request has the route and the wait that it has without one: a test compares them.`;

const FLEET_ABLATION = `Written by \`npm run bench:routing -- --fleets --without all\`. Each line takes one rule out of the library with
a store; otherwise it is as [below](#what-each-mechanism-is-worth), regime by regime. Under one seed a point is no more than chance.`;

const ABLATION = `Written by \`npm run bench:routing -- --without all\`, and with \`--seeds\` for a shorter run. Each line takes one
mechanism out of the library's source and says what changes in each group of regimes: the mean of the differences under the
same seeds. A dot is a difference of less than 0.05, or of less than twice its standard error. An empty cell was not run,
because the mechanism cannot matter there. Positive numbers are what the mechanism is good for; negative ones are what it
costs.`;

const LIMITS = `## Limits

- Tails are models: the lab's 99th percentiles are single calls, and their rate is a choice that reproduces them. Attempts hang independently of each other, except in the regimes with spells.
- Quotas are token buckets of requests. Real ones count tokens by the minute and reserve the longest possible answer at the start.
- Round trips to remote source Regions (70 and 93 ms) and the in-Region route of the four-route regimes are assumptions.
- Rivals are reimplemented from their sources or papers in the folder \`test/bench/routing/baselines\`; none of them sees the length of a prompt.
- The time that routing itself takes is not in these figures; see [what routing costs](#what-routing-costs).`;

const OVERHEAD = `Written by \`npm run bench -- --write\`. The CPU time of calls is that of the client's process alone, over the plain SDK
client's in the same run. Each client has fresh processes, whose blocks of calls take turns; the first quartile of the
blocks counts for a process, and the median over processes for a client. In brackets: the lowest and the highest ratio
of a single round of processes.

- **plain over plain**: two sets of processes of the same client. It shows what no difference looks like on the machine.
- **stub**: a request handler in the process answers at once, so that nothing but the client itself is measured.
- **\`cacheMiddleware\`**: an option of the SDK, off by default, with which a client resolves its middleware once for
  each kind of command instead of once for each call.
- **decision**, **memory**, **look through an input**: of the library's own code, without the SDK.`;

const PEERS = `Written by \`npm run bench:peers\`. This package, packed as it would be published, and packages from npm, unmodified, stream answers from the project's [simulator](simulator.md) over real connections and in real time;
each contender has a process and a simulator of its own, with the same seed and the same faults. The home Region is \`eu-central-1\`, the model \`anthropic.claude-sonnet-4-6\`.

Who takes a list of routes gets every route of both Regions, the fastest first: the geographic profile in the home Region and in \`eu-west-1\`, then the global profile in both. The time to first byte of a route is the latency lab's median with
a small spread; \`eu-west-1\` is a round trip further away. Every scenario begins with fresh clients, which answer 8 requests in calm; then the fault begins and the count too. The n-th call of a route meets the same luck,
whoever makes it. Whoever is asked, the caller gives up after 15 s.

- **right**: the caller got the whole answer, or the error where an error is right. **broken**: an answer without an error whose text the model never said, or half of it.
- **extra calls**: calls that the simulator received, beyond one a request; those that were called off count. Negative: some requests never left. In *bad request* each is a wrong failover.
- **added wait**: mean time to the first text of the requests that were answered, less the same contender's in *calm*.
- **TTFB**: time from the request to the first text that the caller can read, of requests that were answered. With up to 99 requests, P99 is the slowest.`;

const PEERS_LIMITS = `### Limits of the head to head

- Counts (ends, calls) are the result. Times are of one machine, which other work shared; compare them within a table only.
- It is this project's simulator and this project's choice of faults and of their weight: the means over all scenarios follow from it. A fault lasts for a whole scenario; nobody meets a recovery.
- Prices are not in these tables. This library weighs them by default, and prefers another kind of profile in the home Region to another Region; the global profile is the slower and the cheaper one.
- Errors arrive without any delay, so a failover costs less here than against the service.
- A stream that is cut off lacks its stop reason. A caller who checks that can tell; the contenders here hand over the text.
- The two contenders after AWS samples are our own code; neither sample is a package.
`;
