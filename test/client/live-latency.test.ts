import { setImmediate as nextTurn } from "node:timers/promises";
import { ConverseStreamCommand, InvokeModelWithResponseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { assembleRoutedClient, type RoutedBedrockRuntimeClient } from "../../src/client/create-routed-client.ts";
import type { RoutingOptions } from "../../src/options/options.ts";
import { getRouting } from "../../src/router/reports.ts";
import type { RoutingReport } from "../../src/types/attempt.ts";
import { Chance } from "../support/chance.ts";
import { type Behaviour, type Call, type PlainBedrock, startPlainBedrock } from "../support/plain-bedrock.ts";
import { CREDENTIALS, EU_SONNET, GLOBAL_SONNET, SONNET } from "../support/requests.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { HTTP_VERSIONS, type HttpVersion, handlerFor } from "../support/wire.ts";

// As the latency lab found it in Frankfurt: the European profile leads.
const EU_MS = 766;
const GLOBAL_MS = 947;
/** No healthy answer takes longer than this many times the median. */
const SLOWEST = 1.6;
/** Between two requests, and how finely the clock is moved. */
const PAUSE_MS = 500;
const STEP_MS = 25;

describe("the home route, over real sockets and against a server that is not the simulator", () => {
  it("is left when it becomes three times as slow, and has its requests back when it recovers, once each", async () => {
    await using world = await startWorld("2");
    const { ask, slow, recover } = world;
    expect(leaders(await ask(40))).toEqual([EU_SONNET]);
    slow(EU_SONNET, 3);
    const degraded = await ask(120);
    const leftAfter = degraded.findIndex(isHomeOf(GLOBAL_SONNET));
    expect(leftAfter).toBeGreaterThan(0);
    expect(leftAfter).toBeLessThanOrEqual(60);
    recover(EU_SONNET);
    const recovered = await ask(300);
    const backAfter = recovered.findIndex(isHomeOf(EU_SONNET));
    expect(backAfter).toBeGreaterThan(0);
    // One interval of probes and ten follow-ups, although its newest samples were those that it was left for.
    expect(backAfter).toBeLessThanOrEqual(270);
    // There and back, and nothing else: it did not flap.
    expect(leaders([...degraded, ...recovered])).toEqual([EU_SONNET, GLOBAL_SONNET, EU_SONNET]);
    while (world.bedrock.connections > 0) await nextTurn();
  });

  it("stays while both routes are healthy, whatever the noise", async () => {
    await using world = await startWorld("2");
    expect(leaders(await world.ask(200))).toEqual([EU_SONNET]);
  });

  it.each(
    HTTP_VERSIONS.flatMap((version) =>
      (["nothing", "headers", "role"] as const).map((after) => [version, after] as const),
    ),
  )("is left within three requests when it hangs over HTTP/%s after %s", async (version, after) => {
    await using world = await startWorld(version);
    await world.ask(12);
    world.bedrock.behave(EU_SONNET, { kind: "hangs", after });
    const hanging = await world.ask(20);
    expect(hanging.findIndex(isHomeOf(GLOBAL_SONNET))).toBe(3);
    expect(hanging.every(({ report }) => report.route?.modelId === GLOBAL_SONNET)).toBe(true);
    for (const { waitedMs, report } of hanging) expect(waitedMs).toBeLessThanOrEqual(longestWait(report));
  });

  it.each<[string, RoutingOptions["policy"], string]>([
    ["latency", "latency", EU_SONNET],
    ["cost, although the other route is of a later tier", "cost", GLOBAL_SONNET],
    ["throughput, although there is no home route", "throughput", GLOBAL_SONNET],
  ])("is left for good when it hangs, by %s", async (_, policy, first) => {
    await using world = await startWorld("2", { policy });
    await world.ask(12);
    world.bedrock.behave(first, { kind: "hangs", after: "nothing" });
    const sentFirst = (await world.ask(40)).map(({ report }) => report.attempts[0]?.route.modelId === first);
    expect(sentFirst.slice(0, 4)).toEqual([true, true, true, false]);
    // From then on the trials become rare: after 5, 10, 20 and 40 seconds, or as probes.
    expect(sentFirst.slice(3).filter(Boolean).length).toBeLessThanOrEqual(4);
  });

  it.each(["hangs", "throttles", "fails", "resets"] as const)(
    "that %s before anything is known costs no answer",
    async (kind) => {
      await using world = await startWorld("2");
      world.bedrock.behave(EU_SONNET, kind === "hangs" ? { kind, after: "nothing" } : { kind });
      for (const { waitedMs, report } of await world.ask(8)) {
        expect(report.route?.modelId).toBe(GLOBAL_SONNET);
        expect(waitedMs).toBeLessThanOrEqual(longestWait(report));
      }
    },
  );

  it("that hangs under a burst of requests keeps none of them for more than two further healthy answers", async () => {
    await using world = await startWorld("2");
    world.bedrock.behave(EU_SONNET, { kind: "hangs", after: "nothing" });
    const burst = await world.together(40);
    for (const { waitedMs, report } of burst) {
      expect(report.route?.modelId).toBe(GLOBAL_SONNET);
      expect(waitedMs).toBeLessThanOrEqual(longestWait(report) + 2 * (SLOWEST * GLOBAL_MS + 250));
    }
  });
});

interface Asked {
  readonly waitedMs: number;
  readonly report: RoutingReport;
}

/** Its first-byte deadline and one healthy answer. */
function longestWait({ plan }: RoutingReport): number {
  return (plan.candidates[0]?.backupAfterMs ?? 0) + SLOWEST * GLOBAL_MS + 2 * STEP_MS;
}

function isHomeOf(modelId: string): (asked: Asked) => boolean {
  return ({ report }) => homeOf(report) === modelId;
}

/** The home route of a request; undefined when it was a probe. */
function homeOf({ plan: { candidates } }: RoutingReport): string | undefined {
  const [first] = candidates;
  return first?.reasons.some((reason) => reason.includes("as the home route")) ? first.route.modelId : undefined;
}

/** The home routes in their order, each change once. */
function leaders(asked: readonly Asked[]): string[] {
  const homes = asked.flatMap(({ report }) => homeOf(report) ?? []);
  return homes.filter((home, place) => home !== homes[place - 1]);
}

interface World extends AsyncDisposable {
  readonly bedrock: PlainBedrock;
  /** Sends requests one after the other. */
  ask(requests: number): Promise<Asked[]>;
  /** Sends requests all at once. */
  together(requests: number): Promise<Asked[]>;
  slow(modelId: string, factor: number): void;
  recover(modelId: string): void;
}

async function startWorld(httpVersion: HttpVersion, routing: Partial<RoutingOptions> = {}): Promise<World> {
  const clock = new VirtualClock();
  const bedrock = await startPlainBedrock(httpVersion, () => clock.now());
  const client = assembleRoutedClient(
    {
      region: "eu-central-1",
      endpoint: bedrock.endpoint,
      credentials: CREDENTIALS,
      ...handlerFor(httpVersion),
      routing: { policy: "latency", ...routing },
    },
    clock,
    () => 0.5,
  );
  const noise = new Chance(4);
  const answering = (medianMs: number): Behaviour => ({
    kind: "answers",
    ttfbMs: () => medianMs * SLOWEST ** (noise.next() + noise.next() - 1),
  });
  const medians: Readonly<Record<string, number>> = { [EU_SONNET]: EU_MS, [GLOBAL_SONNET]: GLOBAL_MS };
  const slow = (modelId: string, factor: number): void =>
    bedrock.behave(modelId, answering(factor * (medians[modelId] ?? 0)));
  for (const modelId of Object.keys(medians)) slow(modelId, 1);
  const wires = new Wires(client, bedrock, clock);
  let sent = 0;
  return {
    bedrock,
    slow,
    recover: (modelId) => slow(modelId, 1),
    async ask(requests) {
      const asked: Asked[] = [];
      for (let request = 0; request < requests; request += 1) {
        asked.push(...(await wires.carry([send(client, clock, sent)])));
        sent += 1;
        await clock.advance(PAUSE_MS);
      }
      return asked;
    },
    together: (requests) => wires.carry(Array.from({ length: requests }, (_, place) => send(client, clock, 2 * place))),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await bedrock[Symbol.asyncDispose]();
    },
  };
}

/** Two of three requests are ConverseStream, one is InvokeModelWithResponseStream. */
async function send(client: RoutedBedrockRuntimeClient, clock: VirtualClock, place: number): Promise<Asked> {
  const startedAtMs = clock.now();
  const messages = [{ role: "user" as const, content: [{ text: "Hello" }] }];
  const output =
    place % 3 === 1
      ? await client.send(
          new InvokeModelWithResponseStreamCommand({ modelId: SONNET, body: JSON.stringify({ messages }) }),
        )
      : await client.send(new ConverseStreamCommand({ modelId: SONNET, messages }));
  const waitedMs = clock.now() - startedAtMs;
  const report = getRouting(output)!;
  for await (const event of "body" in output ? output.body! : output.stream!) expect(event).toBeDefined();
  return { waitedMs, report };
}

/**
 * Moves time on only when nothing is on its way over a socket: every attempt that was started has arrived, every
 * refusal has been heard, and every answer that is due has been read.
 */
class Wires {
  readonly #bedrock: PlainBedrock;
  readonly #clock: VirtualClock;
  #started = 0;
  #seen = 0;
  #refused = 0;
  #open: Call[] = [];
  #failed = 0;

  constructor(client: RoutedBedrockRuntimeClient, bedrock: PlainBedrock, clock: VirtualClock) {
    this.#bedrock = bedrock;
    this.#clock = clock;
    for (const name of ["plan", "failover", "backup"] as const) {
      client.routing.on(name, () => {
        this.#started += 1;
      });
    }
    client.routing.on("attempt", ({ outcome }) => {
      if (outcome !== "succeeded" && outcome !== "cancelled") this.#failed += 1;
    });
  }

  async carry<Result>(requests: readonly Promise<Result>[]): Promise<Result[]> {
    let settled = 0;
    const settle = (): void => {
      settled += 1;
    };
    for (const request of requests) request.then(settle, settle);
    while (settled < requests.length) {
      await this.#quiet();
      const now = this.#clock.now();
      const due = this.#open.find((call) => call.dueAtMs <= now);
      if (due === undefined) {
        await this.#clock.advance(STEP_MS);
        continue;
      }
      this.#open = this.#open.filter((call) => call !== due);
      const before = settled;
      due.answer();
      while (settled === before) await nextTurn();
    }
    // Whoever has lost a race is not waited for by the next request.
    this.#open = [];
    return Promise.all(requests);
  }

  async #quiet(): Promise<void> {
    const { calls } = this.#bedrock;
    while (calls.length < this.#started) await nextTurn();
    const arrived = calls.slice(this.#seen);
    this.#seen = calls.length;
    this.#open.push(...arrived.filter((call) => Number.isFinite(call.dueAtMs)));
    this.#refused += arrived.filter((call) => call.refused).length;
    while (this.#failed < this.#refused) await nextTurn();
    // A failover follows the failure within a few turns.
    for (let turn = 0; turn < 5 && arrived.length > 0; turn += 1) await nextTurn();
    if (calls.length < this.#started) await this.#quiet();
  }
}
