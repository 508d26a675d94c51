import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasEngine } from "../support/engine.ts";
import { runNode } from "../support/run-node.ts";

/** What each example must show; an example without an entry here fails. */
const EXPECTED: Readonly<Record<string, readonly RegExp[]>> = {
  "drop-in.ts": [/stop reason: end_turn \| attempts: 1/],
  "streaming.ts": [
    /jp\.anthropic\.claude-sonnet-4-6: throttled/,
    /global\.anthropic\.claude-sonnet-4-6: succeeded, first byte after \d+ ms/,
  ],
  "residency.ts": [
    /allowed: {2}eu\.anthropic/,
    /rejected: global\.anthropic/,
    /NoRouteError \(NO_ROUTE\)/,
    /reached the service: 1$/m,
  ],
  "statistics.ts": [/failover: global\.amazon\.nova-2-lite-v1:0 was throttled, now us\./, /16 attempts, 1 throttled/],
  "fleet/main.ts": [
    /first: eu\.anthropic\.claude-sonnet-4-6: service-unavailable, met here/,
    /third: eu\.anthropic\.claude-sonnet-4-6: service-unavailable, heard from another process/,
    /heard of it:\n {2}second tried global\.anthropic\.claude-sonnet-4-6 succeeded\n {2}third tried global\S+ succeeded\n$/,
  ],
  "testing-your-app.test.ts": [/^# pass 1$/m, /^# fail 0$/m],
};

describe("the examples", () => {
  it("are all known here", () => {
    expect(
      readdirSync("examples")
        .map((file) => (file.endsWith(".ts") ? file : `${file}/main.ts`))
        .sort(),
    ).toEqual(Object.keys(EXPECTED).sort());
  });

  for (const [file, patterns] of Object.entries(EXPECTED)) {
    if (file.startsWith("fleet/") && !hasEngine("the example of a fleet")) continue;
    // Real processes: a machine that is held up for seconds tells its news after the cooldown that they are about.
    it(`${file} does what it says`, { retry: file.startsWith("fleet/") ? 3 : 0 }, async () => {
      const isTest = file.endsWith(".test.ts");
      const { code, stdout, stderr } = await runNode([
        ...(isTest ? ["--test", "--test-reporter=tap"] : []),
        `examples/${file}`,
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      for (const pattern of patterns) expect(stdout).toMatch(pattern);
    });
  }
});
