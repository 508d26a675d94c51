import { weighEntries } from "../../scripts/weigh.ts";
import { type CallSetting, measureCalls, type Ratio, ratioOf, takeTurns } from "./calls.ts";
import { measureClassification } from "./classification.ts";
import { measureDecision } from "./decision.ts";
import { measureFirstFailover } from "./first-failover.ts";
import { measureImport } from "./import-time.ts";
import { measureInputWalk } from "./input-walk.ts";
import { medianOf } from "./median.ts";
import { measureMemory } from "./memory.ts";
import { startWorker } from "./processes.ts";
import { measureRecording } from "./recording.ts";
import { type Row, row } from "./row.ts";

/** Something that is measured, given how often everything with processes of its own is repeated. */
export type Measure = (rounds: number) => Promise<readonly Row[]>;

/** What `npm run bench` measures, by the names that `--only` takes. */
export const MEASURES: Readonly<Record<string, Measure>> = {
  converse: (rounds) =>
    callRows("`Converse`, stub", { streaming: false, warmUpCalls: 3_000, callsPerBlock: 200 }, 1, rounds),
  http2: async (rounds) => {
    const server = startWorker("loopback");
    try {
      const endpoint = `http://127.0.0.1:${await server.ask<number>()}`;
      const setting = { streaming: false, endpoint, warmUpCalls: 2_000, callsPerBlock: 150 };
      return await callRows("`Converse`, HTTP/2 on loopback", setting, 1, rounds);
    } finally {
      await server.end();
    }
  },
  stream5: (rounds) => {
    const setting = { streaming: true, chunks: 5, warmUpCalls: 1_500, callsPerBlock: 100 };
    return callRows("`ConverseStream` of 5 chunks, stub", setting, 1.1, rounds);
  },
  stream500: (rounds) => {
    const setting = { streaming: true, chunks: 500, warmUpCalls: 150, callsPerBlock: 10 };
    return callRows("`ConverseStream` of 500 chunks, stub", setting, 1.03, rounds);
  },
  fetch: async (rounds) => [
    ...(await fetchRows(
      "A request that a library has built",
      { streaming: false, warmUpCalls: 2_000, callsPerBlock: 150 },
      rounds,
    )),
    ...(await fetchRows(
      "The same, a stream of 50 chunks",
      { streaming: true, chunks: 50, warmUpCalls: 600, callsPerBlock: 40 },
      rounds,
    )),
  ],
  failover: async (rounds) => {
    const { ordinaryMs, failedOverMs, plainThrottledExtraMs } = await measureFirstFailover(rounds);
    return [
      row(
        "First request of a process when it fails over, beyond an ordinary first one, CPU",
        failedOverMs - ordinaryMs,
        6,
        ms,
        ` (${ms(ordinaryMs)} → ${ms(failedOverMs)})`,
        "most of it is what the SDK does for a second call and a refusal: the next row is its own retry of the same.",
      ),
      {
        measure: "The same of the plain client, which repeats the throttled call twice",
        figure: ms(plainThrottledExtraMs),
      },
    ];
  },
  classify: async (rounds) => {
    const { bytes, kinds } = await measureClassification(3 * rounds);
    const by = (figure: (kind: (typeof kinds)[number]) => string): string =>
      ` (${kinds.map((kind) => `${kind.kind} ${figure(kind)}`).join(", ")})`;
    const first = Math.max(...kinds.map(({ firstMs }) => firstMs));
    const later = Math.max(...kinds.map(({ laterUs }) => laterUs));
    return [
      row(
        "First error of a process to be told apart, CPU",
        first,
        3,
        ms,
        by(({ firstMs }) => ms(firstMs)),
      ),
      row(
        "A later one",
        later,
        20,
        us,
        by(({ laterUs }) => us(laterUs)),
      ),
      row("What tells errors apart, minified", bytes / 1_024, 10, kib),
    ];
  },
  import: async (rounds) =>
    (["esm", "cjs"] as const).map((format) => {
      const { sdkMs, addedMs } = measureImport(format, 3 * rounds);
      const detail = ` (${ms(addedMs)} after ${ms(sdkMs)})`;
      return row(
        `Import beyond the SDK's own, as a share of it, ${format}`,
        addedMs / sdkMs,
        0.1,
        ratio,
        detail,
        OWN_CODE,
      );
    }),
  size: async () =>
    (await weighEntries()).map(({ entry, gzipped }, place) => {
      const measure = `Size of ${entry} with what it imports statically, minified and gzipped`;
      if (place > 0) return { measure, figure: kb(gzipped / 1_000) };
      return row(measure, gzipped / 1_000, 38, kb, "", MANY_PARTS);
    }),
  decision: async () => {
    const { candidates, unchanged, changed, asTheyCome } = await measureDecision();
    const name = `Decision among ${candidates} candidates`;
    return [
      row(`${name} after a change, recording an answer included, p50`, changed.p50Us, 8, us, "", RANKS_ALL),
      row(`${name} after a change, recording an answer included, p90`, changed.p90Us, 15, us),
      {
        measure: `${name}, two requests a second, recording included, p50 / p90`,
        figure: `${us(asTheyCome.p50Us)} / ${us(asTheyCome.p90Us)}`,
      },
      {
        measure: `${name} when nothing has changed, p50 / p90`,
        figure: `${us(unchanged.p50Us)} / ${us(unchanged.p90Us)}`,
      },
    ];
  },
  memory: async () => {
    const { quiet, busy, snapshot } = await measureMemory();
    return [
      row("Memory of a route in one slice, 300 answers in ten minutes", quiet / 1_024, 8, kib),
      row("Memory of a route in one slice, 300 answers in ten seconds", busy / 1_024, 8, kib),
      row("The same route in a snapshot", snapshot / 1_024, 1.5, kib),
    ];
  },
  otel: async (rounds) => {
    const name = "`Converse`, stub, with `instrumentRouting`";
    const metrics = await measureRecording("metrics", rounds);
    const three = await measureRecording("three", rounds);
    const spans = await measureRecording("spans", rounds);
    const nothing = await measureRecording(undefined, rounds);
    const context = (what: string, found: Ratio): Row => ({
      measure: `${name}: ${what}`,
      figure: `${ratio(found.ratio)}${spread(found)}`,
    });
    return [
      row(
        `${name}: metrics over none`,
        metrics.ratio,
        1.03,
        ratio,
        spread(metrics),
        "a call has three values for histograms, by the conventions, and the SDK of OpenTelemetry sorts and joins the " +
          "attributes of each. The next row is that alone.",
      ),
      context("a listener that records three histograms, over none", three),
      context("metrics and spans over none", spans),
      context("none over none", nothing),
    ];
  },
  walk: async () => {
    const { p50Us, p90Us } = measureInputWalk();
    return [row("Look through an input of 100 turns and 30 tools, p50", p50Us, 15, us, ` (p90 ${us(p90Us)})`)];
  },
};

const OWN_CODE =
  "the package is read and compiled as a whole, and `lru-cache`, a dependency, takes a fifth to a quarter of it. The SDK " +
  "has become quicker to load as well.";
const RANKS_ALL =
  "since a decision also asks for quotas in tokens, refused features and what other processes have met, per candidate.";
const MANY_PARTS =
  "there is no large part left to load later: of 66 kB the profile table and its prices take 6, what tells errors apart 4, live listings 2; most of the rest is what every request needs, or what an option is checked by before the client is made";
const BESIDE_THE_CALL =
  "beside what the plain client does, a routed call looks through its input, picks a route, can cancel each attempt, and records the answer; what it saves by keeping the order of middleware is less than that here";

async function callRows(name: string, setting: CallSetting, goal: number, rounds: number): Promise<readonly Row[]> {
  const figures = await measureCalls(setting, rounds);
  const context = (who: string, found: Ratio): Row => ({
    measure: `${name}: ${who}`,
    figure: `${ratio(found.ratio)}${spread(found)}`,
  });
  const detail = `${spread(figures.routedOverPlain)}, ${us(figures.plainUs)} → ${us(figures.routedUs)}`;
  return [
    row(`${name}: routed over plain`, figures.routedOverPlain.ratio, goal, ratio, detail, BESIDE_THE_CALL),
    context("plain over plain", figures.plainOverPlain),
    context("routed over plain with `cacheMiddleware`", figures.routedOverPlainCached),
    context("both with `cacheMiddleware`, routed over plain", figures.routedCachedOverPlainCached),
    context("plain with `cacheMiddleware` over plain", figures.plainCachedOverPlain),
  ];
}

/** What the routed `fetch` adds to the one that a library has by itself; that one signs nothing here. */
async function fetchRows(name: string, setting: CallSetting, rounds: number): Promise<readonly Row[]> {
  const server = startWorker("loopback", { httpVersion: "1.1", chunks: setting.chunks });
  try {
    const endpoint = `http://127.0.0.1:${await server.ask<number>()}`;
    const subjects = { own: { subject: "own" }, routed: { subject: "routed" }, client: { subject: "client" } } as const;
    const { own, routed, client } = await takeTurns(subjects, { ...setting, script: "fetches", endpoint }, rounds);
    const times = `, ${us(medianOf(own))} → ${us(medianOf(routed))}`;
    const [overOwn, overClient] = [ratioOf(routed, own), ratioOf(routed, client)];
    return [
      {
        measure: `${name}: routed \`fetch\` over that of Node.js`,
        figure: `${ratio(overOwn.ratio)}${spread(overOwn)}${times}`,
      },
      {
        measure: `${name}: routed \`fetch\` over routed client`,
        figure: `${ratio(overClient.ratio)}${spread(overClient)}`,
      },
    ];
  } finally {
    await server.end();
  }
}

function spread({ lowest, highest }: Ratio): string {
  return ` (${ratio(lowest)} to ${ratio(highest)})`;
}

function ratio(value: number): string {
  return value.toFixed(2);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function us(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} µs`;
}

function kb(value: number): string {
  return `${value.toFixed(1)} kB`;
}

function kib(value: number): string {
  return `${value.toFixed(1)} KiB`;
}
