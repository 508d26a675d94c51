import { describe, expect, it } from "vitest";
import { countTokens } from "../../src/simulator/count-tokens.ts";
import { refuse } from "../../src/simulator/refusal.ts";
import { worldOf } from "./worlds.ts";

const messages = [{ role: "user", content: [{ text: "a".repeat(35) }] }];
const input = { input: { converse: { messages } } };
const cannotCount = refuse.validation("The provided model doesn't support counting tokens.");

describe("CountTokens", () => {
  it("counts a Converse input, for a model that is invoked through profiles only", () => {
    expect(countTokens("anthropic.claude-sonnet-4-6", "us-east-1", input, worldOf())).toEqual({ inputTokens: 10 });
  });

  it("counts an InvokeModel input", () => {
    const body = Buffer.from(JSON.stringify({ messages, max_tokens: 1 })).toString("base64");
    const counted = countTokens(
      "anthropic.claude-sonnet-4-6",
      "us-east-1",
      { input: { invokeModel: { body } } },
      worldOf(),
    );
    expect(counted).toEqual({ inputTokens: 10 });
  });

  it.each(["us.anthropic.claude-sonnet-4-6", "amazon.nova-2-lite-v1:0", "anthropic.claude-opus-5"])(
    "does not count for %s",
    (modelId) => {
      expect(countTokens(modelId, "us-east-1", input, worldOf())).toEqual(cannotCount);
    },
  );

  it("does not know a model that a Region does not have", () => {
    expect(countTokens("anthropic.claude-nonsense", "us-east-1", input, worldOf())).toEqual(
      refuse.invalidModelIdentifier(),
    );
  });

  it("counts nothing where there is nothing to read", () => {
    const body = Buffer.from("not JSON").toString("base64");
    expect(
      countTokens("anthropic.claude-sonnet-4-6", "us-east-1", { input: { invokeModel: { body } } }, worldOf()),
    ).toEqual({ inputTokens: 1 });
  });
});
