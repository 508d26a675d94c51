import { expect, it } from "vitest";
import { nearestModel } from "../../src/plan/did-you-mean.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";

it.each([
  ["us.anthropic.claude-sonet-4-6", "us.anthropic.claude-sonnet-4-6"],
  ["anthropic.claude-sonnet-46", "anthropic.claude-sonnet-4-6"],
  ["us.anthropic.claude-opus-4-8-v1", "us.anthropic.claude-opus-4-8"],
  ["us.amazon.nova-pro-v1", "us.amazon.nova-pro-v1:0"],
  ["Anthropic.Claude-Sonnet-4-6", "anthropic.claude-sonnet-4-6"],
  [" anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"],
  ["claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"],
  ["nova-2-lite-v1:0", "amazon.nova-2-lite-v1:0"],
])("takes %j for %s", (text, expected) => {
  expect(nearestModel(text, bundledCatalog())).toBe(expected);
});

it.each([
  "anthropic.claude-opus-6",
  "xai.grok-4.8",
  "us.anthropic.claude-haiku-5-6",
  "amazon.nova-canvas-v1:0",
  "amazon.rerank-v1:0",
  "acme.model-1",
  "",
  "a".repeat(100_000),
])("does not take %j for a misspelling", (text) => {
  expect(nearestModel(text, bundledCatalog())).toBeUndefined();
});
