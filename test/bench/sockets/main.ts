/**
 * Fresh clients against an independent server over real sockets and in real time: whether answers that merely take another
 * time than the latency lab's make a client leave the right route or pay twice. `npm run bench:sockets`
 */
import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient } from "../../../src/client/create-routed-client.ts";
import { getRouting } from "../../../src/router/reports.ts";
import { textTable } from "../../../src/util/text-table.ts";
import { startPlainBedrock } from "../../support/plain-bedrock.ts";
import { CREDENTIALS, EU_SONNET, GLOBAL_SONNET, HELLO, SONNET } from "../../support/requests.ts";

/** Medians of the latency lab in eu-central-1, in milliseconds. */
const LAB = { [EU_SONNET]: 766, [GLOBAL_SONNET]: 947 };
const REQUESTS = 100;
const SCALES = [0.1, 1, 4, 8];
const AT_ONCE = [40];

async function run(scale: number, atOnce: number, streaming: boolean): Promise<readonly string[]> {
  await using server = await startPlainBedrock("2", () => performance.now());
  for (const [modelId, medianMs] of Object.entries(LAB)) {
    server.behave(modelId, { kind: "answers", ttfbMs: () => medianMs * scale * (0.85 + 0.3 * Math.random()) });
  }
  let answered = 0;
  const ticking = setInterval(() => {
    for (; answered < server.calls.length; answered += 1) {
      const call = server.calls[answered]!;
      setTimeout(() => call.answer(), Math.max(0, call.dueAtMs - performance.now()));
    }
  }, 2);
  const client = createRoutedClient({
    region: "eu-central-1",
    credentials: CREDENTIALS,
    routing: { policy: "latency", endpoints: { "eu-central-1": server.endpoint } },
  });
  let elsewhere = 0;
  let left = REQUESTS;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const input = { modelId: SONNET, messages: HELLO };
      const output = await (streaming
        ? client.send(new ConverseStreamCommand(input))
        : client.send(new ConverseCommand(input)));
      if ("stream" in output) for await (const _ of output.stream ?? []);
      if (getRouting(output)?.route?.modelId !== EU_SONNET) elsewhere += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    clearInterval(ticking);
    client.destroy();
  }
  const extra = server.calls.length - REQUESTS;
  return [`×${scale}`, String(atOnce), streaming ? "stream" : "unary", `${elsewhere} %`, `${extra} %`];
}

const rows: (readonly string[])[] = [];
for (const streaming of [true, false]) {
  for (const scale of SCALES) for (const atOnce of AT_ONCE) rows.push(await run(scale, atOnce, streaming));
}
console.log(textTable(["latency", "at once", "kind", "elsewhere", "extra calls"], rows, 3).join("\n"));
