import { fork } from "node:child_process";
import { getEventListeners, once, setMaxListeners } from "node:events";
import { Chance } from "../support/chance.ts";
import { type RequestResult, sendRequest } from "./request.ts";
import { type Resources, readResources } from "./resources.ts";
import type { Listening, Received } from "./server.ts";
import { Calls, type SoakClient, soakClient } from "./soak-client.ts";

/** How much is soaked. */
export interface SoakOptions {
  readonly requests: number;
  readonly concurrency: number;
  readonly seed: number;
  /** How long a caller waits before it aborts. @defaultValue 3000 */
  readonly timeoutMs?: number;
  /** How often it is looked at what the process holds, after the warm-up. @defaultValue 9 */
  readonly samples?: number;
  /** Told now and then how far it is. */
  readonly onProgress?: (requests: number, perSecond: number) => void;
}

/** Everything that was counted in a run. */
export interface SoakFigures {
  readonly requests: number;
  readonly seconds: number;
  readonly operations: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly clients: readonly Omit<SoakClient, "client">[];
  /** Attempts as told by events, by reports and by statistics. */
  readonly attempts: { readonly events: number; readonly reports: number; readonly statistics: number };
  readonly calls: CallFigures;
  readonly complaints: readonly string[];
  readonly sharedSignalListeners: number;
  /** After the warm-up, and then from time to time up to the end. */
  readonly resources: readonly Resources[];
}

/** The calls of the SDK at both ends of the wire. */
export interface CallFigures {
  /** Attempts that ended before the SDK had built a request. */
  readonly neverBuilt: number;
  readonly sent: number;
  readonly received: number;
  /** Sent, cancelled by the caller or by a faster attempt, and never received. */
  readonly cancelledOnTheWay: number;
  /** Sent into a connection that broke, and never received. */
  readonly lostWithTheConnection: number;
  /** Never received although the SDK got an answer: impossible. */
  readonly unexplained: number;
  readonly receivedTwice: number;
  readonly strange: number;
}

/** The first share of a run fills caches, pools and histograms. */
const WARM_UP = 0.1;

/** Drives requests through real sockets under faults, and counts. */
export async function runSoak(options: SoakOptions): Promise<SoakFigures> {
  const { requests, concurrency, seed, timeoutMs = 3_000, samples = 9 } = options;
  const complaints: string[] = [];
  const complain = (what: string) => (cause: unknown) => {
    if (complaints.length < 50) complaints.push(`${what}: ${cause instanceof Error ? cause.stack : String(cause)}`);
  };
  const watched = { unhandledRejection: complain("unhandled rejection"), warning: complain("process warning") };
  for (const [event, listener] of Object.entries(watched)) process.on(event, listener);
  const server = fork(new URL("./server.ts", import.meta.url), {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  const [listening] = (await once(server, "message")) as [Listening];
  const calls = new Calls();
  const http2 = soakClient("HTTP/2", listening, calls);
  const http1 = soakClient("HTTP/1.1", listening, calls);
  const shared = new AbortController();
  // Each request listens, with the plain client too. More than these would be listeners that somebody left behind.
  setMaxListeners(2 * concurrency, shared.signal);
  const resources: Resources[] = [];
  const counts = { reports: 0, operations: {} as Record<string, number>, ends: {} as Record<string, number> };
  const startedAt = performance.now();
  let number = 0;
  const note = ({ operation, end, attempts, mistake }: RequestResult, request: number): void => {
    counts.reports += attempts;
    counts.operations[operation] = (counts.operations[operation] ?? 0) + 1;
    counts.ends[end] = (counts.ends[end] ?? 0) + 1;
    if (mistake !== undefined) complain(`request ${request}`)(mistake);
  };
  const work = async (until: number): Promise<void> => {
    while (number < until) {
      number += 1;
      const request = number;
      const chance = new Chance(seed, request);
      note(
        await sendRequest(request, {
          soaked: chance.happens(0.25) ? http1 : http2,
          shared: shared.signal,
          timeoutMs,
          chance,
        }),
        request,
      );
    }
  };
  for (let phase = 0; phase <= samples; phase += 1) {
    const until = Math.round(requests * (WARM_UP + ((1 - WARM_UP) * phase) / samples));
    await Promise.all(Array.from({ length: concurrency }, () => work(until)));
    resources.push(await readResources());
    options.onProgress?.(number, (number * 1_000) / (performance.now() - startedAt));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  server.send("tell");
  const [received] = (await once(server, "message")) as [Received];
  const clients = [http2, http1];
  const events = clients.reduce((sum, { attempts }) => sum + attempts.told, 0);
  const statistics = clients
    .flatMap(({ client }) => client.routing.stats())
    .reduce((sum, { attempts }) => sum + attempts, 0);
  const figures: SoakFigures = {
    requests: number,
    seconds,
    operations: counts.operations,
    ends: counts.ends,
    clients: clients.map(({ client, ...figures }) => figures),
    attempts: { events, reports: counts.reports, statistics },
    calls: compare(events, calls, received),
    complaints,
    sharedSignalListeners: getEventListeners(shared.signal, "abort").length,
    resources,
  };
  for (const { client } of clients) client.destroy();
  server.disconnect();
  await once(server, "exit");
  for (const [event, listener] of Object.entries(watched)) process.off(event, listener);
  return figures;
}

/** Looks for every call at the other end of the wire. */
function compare(attempts: number, calls: Calls, { total, strange, doubled, seen }: Received): CallFigures {
  const missing = { aborted: 0, connection: 0, unexplained: 0 };
  for (let call = 1; call <= calls.count; call += 1) {
    if (seen[call] === 1) continue;
    const end = calls.endOf(call);
    missing[end === "aborted" || end === "connection" ? end : "unexplained"] += 1;
  }
  return {
    neverBuilt: attempts - calls.count,
    sent: calls.count,
    received: total,
    cancelledOnTheWay: missing.aborted,
    lostWithTheConnection: missing.connection,
    unexplained: missing.unexplained,
    receivedTwice: doubled.length,
    strange,
  };
}
