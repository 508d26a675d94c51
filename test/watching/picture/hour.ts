import { Readable } from "node:stream";
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { assembleRoutedClient } from "../../../src/client/create-routed-client.ts";
import { instrumentRouting } from "../../../src/otel/index.ts";
import { Chance } from "../../support/chance.ts";
import { CREDENTIALS, HELLO } from "../../support/requests.ts";
import { VIRTUAL_EPOCH, VirtualClock } from "../../support/virtual-clock.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A scrape every 15 seconds. */
const SCRAPE_MS = 15 * SECOND;
/** Models, and the requests of each in a second. */
const MODELS = { "anthropic.claude-sonnet-4-6": 1.2, "amazon.nova-2-lite-v1:0": 0.6 } as const;

/** When the hour begins and ends, in milliseconds since the Unix epoch. */
export const HOUR: { readonly from: number; readonly to: number } = {
  from: VIRTUAL_EPOCH,
  to: VIRTUAL_EPOCH + 60 * MINUTE,
};

/**
 * An hour of traffic from eu-central-1 on a virtual clock, with the real SDK and a handler that answers in the process:
 * the European profile of Claude Sonnet is short of tokens from minute 12 to 24, hangs now and then from 36 to 42, and
 * the service fails altogether from 50 to 53.
 * @param minutes - how much of it
 * @returns the metrics of each scrape with its time, in the text format that `promtool` reads
 */
export async function playHour(minutes = 60): Promise<string> {
  const clock = new VirtualClock();
  const chance = new Chance(7);
  const client = assembleRoutedClient(
    {
      region: "eu-central-1",
      credentials: CREDENTIALS,
      requestHandler: new Service(clock, chance) as never,
      routing: { policy: "latency" },
    },
    clock,
    () => chance.next(),
  );
  const reader = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [reader] });
  instrumentRouting(client, { meter: provider.getMeter("hour"), tracer: false });
  const scrapes: string[] = [];
  for (const [modelId, perSecond] of Object.entries(MODELS)) {
    const next = (): void => {
      clock.after((-Math.log(1 - chance.next()) / perSecond) * SECOND, next);
      if (clock.now() > minutes * MINUTE) return;
      client
        .send(new ConverseStreamCommand({ modelId, messages: HELLO }))
        .then(async ({ stream }) => {
          for await (const _event of stream ?? []);
        })
        .catch(() => {});
    };
    next();
  }
  for (let at = 0; at <= minutes * MINUTE; at += SCRAPE_MS) {
    const { resourceMetrics } = await reader.collect();
    const lines = new PrometheusSerializer(undefined, false, undefined, true, true).serialize(resourceMetrics);
    for (const line of lines.split("\n")) {
      if (line !== "" && !line.startsWith("#")) scrapes.push(`${line} ${(VIRTUAL_EPOCH + at) / SECOND}`);
    }
    await clock.advance(SCRAPE_MS);
  }
  await provider.shutdown();
  return `${scrapes.join("\n")}\n# EOF\n`;
}

/** Bedrock as a request handler on the virtual clock. */
class Service {
  readonly metadata = { handlerProtocol: "h2" };
  readonly #clock: VirtualClock;
  readonly #chance: Chance;

  constructor(clock: VirtualClock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  async handle(request: { path: string }, { abortSignal }: { abortSignal?: AbortSignal } = {}): Promise<object> {
    const modelId = decodeURIComponent(request.path.split("/")[2] ?? "");
    const minute = this.#clock.now() / MINUTE;
    const isEuropean = modelId === "eu.anthropic.claude-sonnet-4-6";
    const wait = (ms: number): Promise<void> => this.#clock.delay(ms, abortSignal);
    await wait(this.#draw(18, 0.2));
    if (minute >= 50 && minute < 53)
      return failure(503, "ServiceUnavailableException", "Bedrock is unable to process your request.");
    if (isEuropean && minute >= 12 && minute < 24 && this.#chance.next() < 0.9) {
      return failure(429, "ThrottlingException", "Too many tokens, please wait before trying again.");
    }
    const hangs = isEuropean && minute >= 36 && minute < 42 && this.#chance.next() < 0.25;
    await wait(hangs ? 10 * MINUTE : this.#draw(modelId.startsWith("global.") ? 780 : 560, 0.35));
    const outputTokens = Math.round(this.#draw(220, 0.6));
    return {
      response: {
        statusCode: 200,
        headers: { "content-type": "application/vnd.amazon.eventstream" },
        body: Readable.from(answer(outputTokens, Math.round(this.#draw(900, 0.7)), wait)),
      },
    };
  }

  updateHttpClientConfig(): void {}
  httpHandlerConfigs(): object {
    return {};
  }
  destroy(): void {}

  /** Log-normal about a median. */
  #draw(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.#chance.next())) * Math.cos(2 * Math.PI * this.#chance.next());
    return median * Math.exp(spread * normal);
  }
}

function failure(statusCode: number, name: string, message: string): object {
  const headers = { "content-type": "application/json", "x-amzn-errortype": name };
  return { response: { statusCode, headers, body: Readable.from([Buffer.from(JSON.stringify({ message }))]) } };
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);

function frame(type: string, payload: object): Buffer {
  const value = (text: string) => ({ type: "string" as const, value: text });
  return Buffer.from(
    codec.encode({
      headers: {
        ":message-type": value("event"),
        ":event-type": value(type),
        ":content-type": value("application/json"),
      },
      body: Buffer.from(JSON.stringify(payload)),
    }),
  );
}

/** At 70 tokens a second. */
async function* answer(outputTokens: number, inputTokens: number, wait: (ms: number) => Promise<void>) {
  yield frame("messageStart", { role: "assistant" });
  yield frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "…" } });
  await wait((outputTokens / 70) * SECOND);
  yield frame("contentBlockStop", { contentBlockIndex: 0 });
  yield frame("messageStop", { stopReason: "end_turn" });
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  yield frame("metadata", { usage, metrics: { latencyMs: 1 } });
}
