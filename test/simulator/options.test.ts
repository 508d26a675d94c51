import { describe, expect, it } from "vitest";
import { resolveOptions, type SimulatorOptions } from "../../src/simulator/options.ts";

describe("the options of a simulator", () => {
  it("have defaults, also where undefined is given", () => {
    const resolved = resolveOptions({ seed: 3, tails: undefined } as unknown as SimulatorOptions);
    expect(resolved).toMatchObject({ seed: 3, tails: true, timeScale: 1, port: 0, quotas: [], keepRequests: 10_000 });
    expect(resolved.catalog.name).toBe("bundled");
  });

  it.each([
    [{ timescale: 0 }, /^timescale is not an option of createSimulator; its options are .*timeScale/],
    [{ timeScale: -1 }, "timeScale must be a number of at least 0, got -1"],
    [{ timeScale: "0" }, "timeScale must be a number of at least 0, got 0"],
    [{ seed: Number.NaN }, "seed must be a finite number, got NaN"],
    [{ port: 70_000 }, "port must be a port number, got 70000"],
    [{ keepRequests: 0 }, "keepRequests must be a positive integer, got 0"],
  ])("refuse %j", (options, message) => {
    expect(() => resolveOptions(options as SimulatorOptions)).toThrow(message);
    expect(() => resolveOptions(options as SimulatorOptions)).toThrow(TypeError);
  });
});
