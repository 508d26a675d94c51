import { expect, it } from "vitest";
import { SONNET } from "../support/requests.ts";
import { HOUR, playHour } from "./picture/hour.ts";
import { drawTrace } from "./picture/trace.ts";

it("the pictured hour turns away from the throttled profile in its thirteenth minute", async () => {
  const samples = await playHour(15);
  const requests = (minute: number, isDefault: boolean): number => {
    const at = HOUR.from / 1_000 + minute * 60;
    const found = samples.split("\n").filter((line) => {
      const isCounted = line.startsWith(`bedrock_route_requests_total{gen_ai_request_model="${SONNET}"`);
      return isCounted && line.includes(`bedrock_route_default="${isDefault}"`) && line.endsWith(` ${at}`);
    });
    return found.reduce((sum, line) => sum + Number(line.split(" ").at(-2)), 0);
  };
  const served = (from: number, to: number, isDefault: boolean): number =>
    requests(to, isDefault) - requests(from, isDefault);
  expect(served(3, 12, true)).toBeGreaterThan(20 * served(3, 12, false));
  expect(served(13, 15, false)).toBeGreaterThan(20 * served(13, 15, true));
}, 60_000);

it("the pictured trace shows a throttled attempt, one that was silent and the backup that answered", async () => {
  const { html } = await drawTrace({ timeScale: 0 }, 1_000);
  const shown = [...html.matchAll(/<small[^>]*>([^<]*)</g)].map(([, text]) => text);
  expect(shown).toEqual([
    "&nbsp;",
    "succeeded",
    "first, throttled, tokens-per-minute",
    "failover, cancelled, lost-race",
    "backup, succeeded",
  ]);
});
