import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type BedrockRuntime, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { createSimulator } from "../../src/simulator/index.ts";
import { FRONTS } from "../support/fronts.ts";
import { EU_SONNET } from "../support/requests.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** What an application keeps of a request, and a look at whether its prompt is still there. */
interface Kept {
  readonly output: unknown;
  readonly prompt: WeakRef<object>;
}

type Ask = (client: BedrockRuntime, input: ConstructorParameters<typeof ConverseCommand>[0]) => Promise<unknown>;

const ASKING: readonly (readonly [title: string, ask: Ask])[] = [
  ["an answer", (client, input) => client.send(new ConverseCommand(input))],
  ["a stream that was read to its end", (client, input) => readStream(client, input, Number.POSITIVE_INFINITY)],
  ["a stream that was broken off", (client, input) => readStream(client, input, 3)],
  [
    "a stream that was aborted",
    async (client, input) => {
      const abort = new AbortController();
      const output = await client.send(new ConverseStreamCommand(input), { abortSignal: abort.signal });
      const reading = readEvents(output.stream ?? [], Number.POSITIVE_INFINITY).catch(() => {});
      abort.abort();
      await reading;
      return output;
    },
  ],
];

async function readStream(client: BedrockRuntime, input: never | object, events: number): Promise<unknown> {
  const output = await client.send(new ConverseStreamCommand(input as never));
  await readEvents(output.stream ?? [], events);
  return output;
}

async function readEvents(stream: AsyncIterable<unknown> | Iterable<unknown>, events: number): Promise<void> {
  let read = 0;
  for await (const _event of stream) {
    read += 1;
    if (read === events) break;
  }
}

async function keep(client: BedrockRuntime, ask: Ask): Promise<Kept> {
  const messages = [{ role: "user" as const, content: [{ text: "Hello" }] }];
  return { output: await ask(client, { modelId: EU_SONNET, messages }), prompt: new WeakRef(messages) };
}

describe.each(FRONTS)("$name", (front) => {
  it.each(ASKING)("lets go of the prompt although the application keeps %s", async (_title, ask) => {
    const simulator = await createSimulator({ timeScale: 0 });
    const client = front.make(simulator.clientConfig({ region: "eu-central-1" }));
    try {
      const kept: Kept[] = [];
      for (let request = 0; request < 5; request += 1) kept.push(await keep(client, ask));
      await expect.poll(() => heldBy(kept), { timeout: 10_000 }).toBeLessThanOrEqual(1);
      expect(kept.every(({ output }) => output !== undefined)).toBe(true);
    } finally {
      client.destroy();
      await simulator.close();
    }
  });
});

/** How many of the prompts are still there. What is under way may still hold the latest. */
async function heldBy(kept: readonly Kept[]): Promise<number> {
  await sleep(0);
  collectGarbage();
  return kept.filter(({ prompt }) => prompt.deref() !== undefined).length;
}
