import { expect, it } from "vitest";
import { instrumentRouting } from "../../src/otel/index.ts";
import { openFetch, WAYS, type Way } from "../fetch/stage.ts";
import { RecordedMetrics, RecordedSpans } from "./recorded.ts";

const ASKED: readonly (readonly [string, Way, boolean])[] = WAYS.flatMap((way) =>
  [false, true].map((streaming) => [`${way.name}${streaming ? ", streamed" : ""}`, way, streaming] as const),
);

it.each(ASKED)("a routed fetch is seen as a client is: %s", async (_, way, streaming) => {
  await using metrics = new RecordedMetrics();
  await using spans = new RecordedSpans();
  await using stage = await openFetch({ region: "us-east-1", simulator: { answer: () => "the answer" } });
  instrumentRouting(stage.fetch, { meter: metrics.provider.getMeter("test") });
  stage.simulator.enqueue({ kind: "throttle" });
  const response = await stage.post(way.path(streaming), way.body(streaming));
  await response.text();
  expect(await metrics.pointsOf("gen_ai.client.operation.duration")).toMatchObject([
    { attributes: { "gen_ai.operation.name": "chat", "gen_ai.request.model": way.model }, value: 1 },
  ]);
  expect((await metrics.pointsOf("gen_ai.client.operation.time_to_first_chunk")).length).toBe(streaming ? 1 : 0);
  expect((await metrics.pointsOf("bedrock_route.failovers")).map(({ value }) => value)).toEqual([1]);
  const tokens = (await metrics.pointsOf("gen_ai.client.token.usage")).map(({ sum = 0 }) => sum > 0);
  expect(tokens).toEqual([true, true]);
  const seen = spans.exporter.getFinishedSpans();
  expect(seen.map(({ name }) => name.split(" ")[0])).toEqual(["attempt", "attempt", "chat"]);
  const everything = [
    ...seen.map(({ name, attributes, events }) => [name, attributes, events]),
    await metrics.collect(),
  ];
  expect(JSON.stringify(everything)).not.toMatch(/"Hi"|the answer/);
});
