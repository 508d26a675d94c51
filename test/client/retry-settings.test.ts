import { createRequire } from "node:module";
import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it, vi } from "vitest";
import { assembleRoutedClient } from "../../src/client/create-routed-client.ts";
import { converseCommand, EU_SONNET } from "../support/requests.ts";
import { StubHandler, throttledResponse } from "../support/stub-handler.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

/** As installed with the SDK, which does not hand them on. */
const sdk = createRequire(createRequire(import.meta.url).resolve("@aws-sdk/client-bedrock-runtime"));
const { AdaptiveRetryStrategy, ConfiguredRetryStrategy, StandardRetryStrategy } = sdk("@smithy/core/retry") as Record<
  string,
  new (
    ...args: unknown[]
  ) => NonNullable<BedrockRuntimeClientConfig["retryStrategy"]>
>;

/** The times of the attempts on one throttled route, and what was warned of. */
async function attempts(config: BedrockRuntimeClientConfig, requests = 1) {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const clock = new VirtualClock();
  const times: number[] = [];
  const handler = new StubHandler(() => {
    times.push(clock.now());
    return throttledResponse();
  });
  const client = assembleRoutedClient(
    {
      region: "eu-central-1",
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
      requestHandler: handler as never,
      ...config,
      routing: { policy: "latency", residency: "eu" },
    },
    clock,
    () => 0.5,
  );
  for (let request = 0; request < requests; request += 1) {
    const error = await clock.finish(client.send(converseCommand(EU_SONNET)).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ name: "ThrottlingException" });
  }
  client.destroy();
  return { times, warnings: warn.mock.calls.map(([warning]) => String(warning)) };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("the retry settings of the client config", () => {
  it("cap the attempts by maxAttempts, and by a strategy of the SDK that says another number", async () => {
    expect((await attempts({ maxAttempts: 2 })).times).toHaveLength(2);
    const retryStrategy = new StandardRetryStrategy!(4);
    expect(await attempts({ maxAttempts: 2, retryStrategy })).toEqual({ times: [0, 500, 1_500, 3_500], warnings: [] });
  });

  it("give the waits of a ConfiguredRetryStrategy", async () => {
    const retryStrategy = new ConfiguredRetryStrategy!(3, (attempt: number) => 100 * attempt);
    expect(await attempts({ retryStrategy })).toEqual({ times: [0, 100, 300], warnings: [] });
    expect((await attempts({ retryStrategy: new ConfiguredRetryStrategy!(async () => 2, 70) })).times).toEqual([0, 70]);
  });

  it("are said to be ignored, once, where a strategy of the caller's own says no number", async () => {
    const retryStrategy = { acquireInitialRetryToken: () => Promise.reject(new Error("used")) } as never;
    const { times, warnings } = await attempts({ retryStrategy }, 2);
    expect(times).toHaveLength(6);
    expect(warnings).toEqual([expect.stringContaining("retryStrategy of the client config says no maxAttempts")]);
  });

  it.each<[string, () => BedrockRuntimeClientConfig]>([
    ["by the config", () => ({ retryMode: "adaptive" })],
    ["by a provider", () => ({ retryMode: async () => "adaptive" })],
    [
      "by the environment",
      () => {
        vi.stubEnv("AWS_RETRY_MODE", "adaptive");
        return {};
      },
    ],
    ["by a strategy", () => ({ retryStrategy: new AdaptiveRetryStrategy!(async () => 3) })],
  ])("are said not to slow requests down where the adaptive mode is asked for %s", async (_, configOf) => {
    const { times, warnings } = await attempts(configOf(), 2);
    expect(times).toHaveLength(6);
    expect(warnings).toEqual([expect.stringContaining("retryMode adaptive does not slow routed requests down")]);
  });
});
