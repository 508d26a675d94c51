import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ablationReport } from "./ablation.ts";
import { contenderNamed } from "./contenders.ts";
import type { Summary } from "./measure.ts";
import { editedSource, FLEET_MECHANISMS, MECHANISMS, mechanismNamed } from "./mechanisms.ts";
import { allRegimes } from "./regimes/all-regimes.ts";

const SRC = join(import.meta.dirname, "../../../src");

describe("a mechanism", () => {
  it.each([...MECHANISMS, ...FLEET_MECHANISMS].map((mechanism) => [mechanism.name, mechanism] as const))(
    "can be taken out: %s",
    (_, mechanism) => {
      for (const { file } of mechanism.edits) {
        const text = readFileSync(join(SRC, file), "utf8");
        expect(editedSource(file, text, mechanism.edits)).not.toBe(text);
      }
      expect(contenderNamed(mechanism.contender ?? "this library")).toBeDefined();
      expect(allRegimes.filter(({ group }) => group.includes(mechanism.groups ?? "")).length).toBeGreaterThan(0);
    },
  );

  it("is refused when its line is not there any more, and when nobody knows it", () => {
    const edits = [{ file: "a.ts", from: "const A = 1;", to: "const A = 2;" }];
    expect(editedSource("b.ts", "unchanged", edits)).toBe("unchanged");
    expect(() => editedSource("a.ts", "const A = 3;", edits)).toThrow('src/a.ts does not contain "const A = 1;"');
    expect(() => mechanismNamed("luck")).toThrow(/There are: .*probes/);
  });
});

describe("the table of what mechanisms are worth", () => {
  const whole = [summary("oracle", [100, 100], 0), summary("this library", [101, 103], 1)];
  const without = (effectiveMs: readonly number[], extraPercent: number): string => {
    const summaries = [summary("this library", effectiveMs, extraPercent)];
    return ablationReport(whole, [{ mechanism: mechanismNamed("probes"), summaries }], "this library");
  };
  const rowOf = (report: string, title: string): string =>
    report.slice(report.indexOf(title)).match(/\| probes +\| +(\S+) \|/)?.[1] ?? "";

  it("has the differences under the same seeds, with their sign", () => {
    const report = without([111, 113], 0);
    expect(rowOf(report, "#### regret")).toBe("+10.0");
    expect(rowOf(report, "#### extra")).toBe("−1.0");
    expect(report).toMatch(/with all of them \| +2\.0 \|/);
  });

  it("has a dot for what is small, or no larger than chance", () => {
    expect(rowOf(without([101.02, 103.02], 1), "#### regret")).toBe("·");
    expect(rowOf(without([141, 83], 1), "#### regret")).toBe("·");
  });
});

function summary(contender: string, effectiveMsBySeed: readonly number[], extraPercent: number): Summary {
  const figures = { regime: "1 calm", group: "1 stationary", contender, effectiveMsBySeed, extraPercent };
  return { ...figures, p99Ms: 1_000, failedPercent: 0 } as Summary;
}
