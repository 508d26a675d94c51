import { createSimulator, type Simulator } from "../../src/simulator/index.ts";
import { addFaults } from "./server-faults.ts";
import { ATTEMPT_HEADER, answerTo, HOME_REGION } from "./wire.ts";

/** What the server tells when it is asked: how often it has received each attempt. */
export interface Received {
  readonly total: number;
  /** Requests without a number, which nobody sent. */
  readonly strange: number;
  /** Received more than once, by the number of the attempt. */
  readonly doubled: readonly number[];
  /** One byte for each attempt: 1 when it was received. */
  readonly seen: Uint8Array;
}

/** Ready: where it listens. */
export interface Listening {
  readonly url: string;
  readonly config: ReturnType<Simulator["clientConfig"]>;
}

// The simulator in a process of its own: its memory and handles are not those that are measured.
if (process.send !== undefined) await run();

async function run(): Promise<void> {
  const simulator = await createSimulator({
    latency: ({ random }) => ({ ttfbMs: 2 * random(), totalMs: 2 + 4 * random() }),
    answer: ({ prompt }) => answerTo(prompt),
    keepRequests: 2_000,
  });
  addFaults(simulator);
  const received = { total: 0, strange: 0, doubled: [] as number[] };
  let seen = new Uint8Array(1 << 16);
  count().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
  process.on("message", () => process.send?.({ ...received, seen } satisfies Received));
  process.on("disconnect", () => process.exit(0));
  process.send?.({ url: simulator.url, config: simulator.clientConfig({ region: HOME_REGION }) } satisfies Listening);

  async function count(): Promise<never> {
    for (;;) {
      const { headers } = await simulator.takeRequest();
      const attempt = Number(headers[ATTEMPT_HEADER] ?? Number.NaN);
      received.total += 1;
      if (!Number.isInteger(attempt)) {
        received.strange += 1;
        continue;
      }
      if (attempt >= seen.length) {
        const larger = new Uint8Array(Math.max(attempt + 1, 2 * seen.length));
        larger.set(seen);
        seen = larger;
      }
      if (seen[attempt] === 1) received.doubled.push(attempt);
      seen[attempt] = 1;
    }
  }
}
