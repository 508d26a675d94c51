import { describe, expect, it } from "vitest";
import { runNode } from "../support/run-node.ts";

/** A process that sends one request, which fails over. */
const SCRIPT = `
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient } from "./src/index.ts";
import { createSimulator } from "./src/simulator/index.ts";
const simulator = await createSimulator({ timeScale: 0 });
simulator.enqueue({ kind: "throttle" });
const client = createRoutedClient({ ...simulator.clientConfig({ region: "eu-central-1" }), routing: { policy: "latency" } });
await client.send(new ConverseCommand({ modelId: "anthropic.claude-sonnet-4-6", messages: [{ role: "user", content: [{ text: "secret" }] }] }));
client.destroy();
await simulator.close();
`;

async function logged(asked: string): Promise<{ readonly events: string[]; readonly stderr: string }> {
  const { code, stderr } = await runNode(["--input-type=module", "--eval", SCRIPT], { BEDROCK_ROUTE_LOG: asked });
  expect(code).toBe(0);
  expect(stderr).not.toContain("secret");
  const lines = [...stderr.matchAll(/^\d{4}-\d\d-\d\dT[\d:.]+Z bedrock-route (debug|info|warn): (\w+)/gm)];
  return { events: lines.map(([, level, word]) => `${level} ${word}`), stderr };
}

describe("BEDROCK_ROUTE_LOG", () => {
  it("shows on the standard error stream what deviates from the usual", async () => {
    const { events } = await logged("info");
    expect(events).toEqual(["info Attempt", "info eu", "info Failover", "info Converse"]);
  });

  it("shows everything on request, from the very first event on", async () => {
    const { events } = await logged("debug");
    expect(events[0]).toBe("debug Planned");
    expect(events).toHaveLength(6);
  });

  it("shows nothing unless it is set, and says so when it is set to something else", async () => {
    expect((await logged("")).stderr).toBe("");
    const { events, stderr } = await logged("verbose");
    expect(stderr).toContain('BEDROCK_ROUTE_LOG must be debug, info, warn, got "verbose": info is shown');
    expect(events).toHaveLength(4);
  });
});
