import { expect, it } from "vitest";
import { outputBurndown } from "../../src/types/burndown.ts";

it.each([
  ["anthropic.claude-opus-4-8", 15],
  ["anthropic.claude-opus-5-5", 10],
  ["anthropic.claude-opus-5", 10],
  ["anthropic.claude-sonnet-5", 10],
  ["anthropic.claude-fable-5-1", 10],
  ["anthropic.claude-opus-4-7", 5],
  ["anthropic.claude-sonnet-4-6", 5],
  ["anthropic.claude-haiku-4-5-20251001-v1:0", 5],
  ["anthropic.claude-sonnet-4-20250514-v1:0", 5],
  ["anthropic.claude-opus-4-1-20250805-v1:0", 5],
  ["anthropic.claude-3-7-sonnet-20250219-v1:0", 5],
  ["anthropic.claude-3-haiku-20240307-v1:0", 5],
  ["openai.gpt-5.6-terra", 10],
  ["openai.gpt-6.1-sol", 10],
  ["openai.gpt-oss-120b-1:0", 1],
  ["amazon.nova-2-lite-v1:0", 1],
  ["zai.glm-5.3", 1],
])("one output token of %s uses %i of the quota", (model, rate) => {
  expect(outputBurndown(model)).toBe(rate);
});

it.each(["anthropic.claude-sonnet-5-5", "anthropic.claude-fable-5-2", "openai.gpt-6.2-astra"])(
  "%s, which AWS's page does not name, burns like its generation",
  (model) => expect(outputBurndown(model)).toBe(10),
);
