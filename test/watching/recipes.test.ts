import { Writable } from "node:stream";
import { Logger } from "@aws-lambda-powertools/logger";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { logWithPino, logWithPowertools } from "../../docs/watching/logging.ts";
import { registerRouting } from "../../docs/watching/prom-client.ts";
import { servePrometheus } from "../../docs/watching/prometheus-otel.ts";
import { SONNET } from "../support/requests.ts";
import { runNode } from "../support/run-node.ts";
import { openWire } from "../support/wire.ts";
import { PROMPT, playTraffic, readStream } from "./traffic.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const EU =
  `gen_ai_request_model="${SONNET}",bedrock_route_source_region="eu-central-1",` +
  'bedrock_route_kind="geographic",bedrock_route_geography="eu"';

describe("the recipe for prom-client", () => {
  it("exports counters, histograms with buckets for TTFB, and the percentiles of five minutes as a summary", async () => {
    await using wire = await openWire();
    const registry = new Registry();
    registerRouting(wire.client, registry);
    await readStream(wire.client);
    await readStream(wire.client);
    const text = await registry.metrics();
    expect(text).toContain(
      `bedrock_route_requests_total{${EU},bedrock_route_outcome="succeeded",bedrock_route_default="true"} 2`,
    );
    expect(text).toMatch(/^gen_ai_server_time_to_first_token_seconds_bucket\{le="0.3",.*\} 2$/m);
    expect(text).toContain("# TYPE bedrock_route_first_byte_seconds summary");
    expect(text).toContain(`bedrock_route_first_byte_seconds{${EU},quantile="0.99"} 0.001`);
    expect(text).toContain('bedrock_route_budget_remaining{bedrock_route_budget="retry"} 1');
    await wire.clock.advance(6 * 60_000);
    expect(await registry.metrics()).not.toContain("quantile=");
  });

  it("keeps the ARNs of profiles, and prompts, out of its labels", async () => {
    const arn = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/tenant-1";
    await using wire = await openWire();
    const registry = new Registry();
    registerRouting(wire.client, registry);
    await playTraffic(wire);
    const { ConverseCommand } = await import("@aws-sdk/client-bedrock-runtime");
    await wire.client.send(new ConverseCommand({ modelId: arn, messages: [] })).catch(() => {});
    const text = await registry.metrics();
    expect(text).toContain('gen_ai_request_model="arn"');
    expect(text).not.toMatch(new RegExp(`123456789012|${PROMPT}`));
  });

  it("has few series, whatever ids callers make up", async () => {
    await using wire = await openWire();
    const registry = new Registry();
    registerRouting(wire.client, registry);
    const { ConverseCommand } = await import("@aws-sdk/client-bedrock-runtime");
    for (let id = 0; id < 300; id += 1) {
      await wire.client.send(new ConverseCommand({ modelId: `acme.made-up-${id}`, messages: [] })).catch(() => {});
    }
    const text = await registry.metrics();
    const models = new Set([...text.matchAll(/gen_ai_request_model="([^"]+)"/g)].map(([, model]) => model));
    expect(models.size).toBeGreaterThan(50);
    expect(models.size).toBeLessThanOrEqual(102);
  });
});

describe("the recipe for Prometheus by OpenTelemetry", () => {
  it("serves the metrics over HTTP", async () => {
    await using wire = await openWire();
    const port = 40_000 + (process.pid % 20_000);
    const provider = await servePrometheus(wire.client, port);
    try {
      await playTraffic(wire);
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      const text = await response.text();
      expect(text).toContain(
        `bedrock_route_requests_total{${EU},bedrock_route_outcome="succeeded",bedrock_route_default="true"} 2`,
      );
      expect(text).not.toContain(PROMPT);
    } finally {
      await provider.shutdown();
    }
  });
});

describe("the recipe for CloudWatch", () => {
  it("writes one line of the embedded metric format for each request", async () => {
    // In Lambda, what goes to the standard output is what CloudWatch reads.
    const { code, stdout } = await runNode([
      "--input-type=module",
      "--eval",
      `import { emitRouting } from "./docs/watching/cloudwatch-emf.ts";
      import { openWire } from "./test/support/wire.ts";
      import { playTraffic } from "./test/watching/traffic.ts";
      const wire = await openWire();
      emitRouting(wire.client);
      await playTraffic(wire);
      await wire[Symbol.asyncDispose]();`,
    ]);
    expect(code).toBe(0);
    const lines = stdout.trim().split("\n");
    const written = lines.map((line) => JSON.parse(line));
    expect(written).toHaveLength(6);
    const [first] = written;
    const { CloudWatchMetrics } = first._aws;
    expect(CloudWatchMetrics[0]).toMatchObject({
      Namespace: "Bedrock",
      Dimensions: [["service", "Model", "Geography"]],
    });
    for (const { Name, Unit } of CloudWatchMetrics[0].Metrics) {
      expect(first[Name]).toEqual(expect.any(Number));
      expect(["Count", "Milliseconds", "None"]).toContain(Unit);
    }
    expect(first).toMatchObject({ Model: SONNET, Geography: "eu", Requests: 1, Errors: 0, FurtherAttempts: 0 });
    expect(written.at(-2)).toMatchObject({ Geography: "global", FurtherAttempts: 1, AwayFromDefault: 1 });
    expect(written.at(-1)).toMatchObject({ Geography: "none", Errors: 1 });
    expect(lines.join()).not.toContain(PROMPT);
  });
});

describe("the recipes for logs", () => {
  it("hand sentences, fields and levels to pino", async () => {
    const lines: { level: number; msg: string; event: string }[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)));
        done();
      },
    });
    await using wire = await openWire();
    logWithPino(wire.client, pino(stream));
    await playTraffic(wire);
    expect(lines).toContainEqual(
      expect.objectContaining({
        ...{ level: pino.levels.values.info, event: "failover", family: "tokens-per-minute" },
        msg: expect.stringContaining(`Failover from eu.${SONNET} from eu-central-1 to global.${SONNET}`),
      }),
    );
    expect(lines.at(-1)).toMatchObject({ level: pino.levels.values.warn, event: "request", outcome: "rejected" });
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${PROMPT}|too long`));
  });

  it("hand them to the logger of Powertools", async () => {
    vi.stubEnv("POWERTOOLS_DEV", "true");
    const lines: { level: string; message: string; event: string }[] = [];
    const note = (line: string): void => {
      lines.push(JSON.parse(line));
    };
    vi.spyOn(console, "info").mockImplementation(note);
    vi.spyOn(console, "warn").mockImplementation(note);
    await using wire = await openWire();
    logWithPowertools(wire.client, new Logger({ serviceName: "test" }));
    await playTraffic(wire);
    expect(lines.find(({ event }) => event === "failover")).toMatchObject({
      level: "INFO",
      family: "tokens-per-minute",
    });
    expect(lines.at(-1)).toMatchObject({ level: "WARN", event: "request", outcome: "rejected" });
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${PROMPT}|too long`));
  });
});
