import { expect, it } from "vitest";
import { callsCsv } from "../../../src/cli/lab/csv.ts";
import { madeResults } from "./made-results.ts";

it("writes every call, failed ones too, as RFC 4180 has it", () => {
  const lines = callsCsv(madeResults([[{}, [[766, 2_473], "throttling"]]])).split("\r\n");
  expect(lines).toEqual([
    "started_at,measured_from,source_region,model,model_id,kind,geography,round,ttfb_ms,total_ms,input_tokens,output_tokens,failure_kind,failure_family",
    "2026-04-12T00:00:00.000Z,eu-central-1,eu-central-1,anthropic.claude-sonnet-4-6,eu.anthropic.claude-sonnet-4-6,geographic,eu,1,766,2473,20,100,,",
    "2026-04-12T00:00:01.000Z,eu-central-1,eu-central-1,anthropic.claude-sonnet-4-6,eu.anthropic.claude-sonnet-4-6,geographic,eu,2,,,,,throttled,throttling",
    "",
  ]);
});

it("lets no text become a formula in a spreadsheet", () => {
  const csv = callsCsv(madeResults([[{ model: '=HYPERLINK("x")', modelId: "@x,y" }, [[1, 2]]]]));
  expect(csv).toContain(`"'=HYPERLINK(""x"")","'@x,y"`);
});
