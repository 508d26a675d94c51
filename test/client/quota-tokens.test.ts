import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { getRouting } from "../../src/router/reports.ts";
import { EU_SONNET, GLOBAL_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { openWire } from "../support/wire.ts";

describe("what a request reserves of a quota", () => {
  it("sends one with a huge maxTokens elsewhere, leaves the others where they are, and is named in a plan", async () => {
    await using wire = await openWire({
      simulator: { quotas: [{ scope: "geographic", tokensPerMinute: 20_000 }] },
    });
    const { client } = wire;
    const ask = async (maxTokens: number): Promise<readonly string[]> => {
      const output = await client.send(command(maxTokens));
      return getRouting(output)!.attempts.map(({ route }) => route.modelId);
    };
    for (let answer = 0; answer < 10; answer += 1) expect(await ask(500)).toEqual([EU_SONNET]);
    expect(await ask(64_000)).toEqual([EU_SONNET, GLOBAL_SONNET]);
    expect(await ask(64_000)).toEqual([GLOBAL_SONNET]);
    expect(await ask(500)).toEqual([EU_SONNET]);
    expect(client.routing.state().cooldowns).toEqual([]);
    const { remarks } = await client.routing.plan(command(64_000));
    expect(remarks).toEqual([expect.stringContaining("maxTokens 64000 is reserved")]);
    expect((await client.routing.plan(command(500))).remarks).toEqual([]);
  });
});

function command(maxTokens: number): ConverseCommand {
  return new ConverseCommand({ modelId: SONNET, messages: HELLO, inferenceConfig: { maxTokens } });
}
