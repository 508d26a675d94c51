import { describe, expect, it } from "vitest";
import { drawChart, durationLabel, logMarks } from "../../../../src/cli/lab/report/chart.ts";

const axis = { min: 0, max: 10, marks: [{ at: 5, label: "middle" }] };

describe("drawChart", () => {
  it("draws an image with a name that needs no script, no style sheet and no network", () => {
    const svg = drawChart({
      label: 'A "chart" of <calls>',
      width: 360,
      height: 200,
      left: 40,
      x: axis,
      y: axis,
      series: [
        {
          type: "line",
          data: [
            [0, 0],
            [10, 10],
          ],
          lineStyle: { color: "var(--global)" },
        },
      ],
    });
    expect(svg).toMatch(
      /^<svg viewBox="0 0 360 200" role="img" aria-label="A &quot;chart&quot; of &lt;calls>"><title>/,
    );
    expect(svg).toContain('stroke="var(--global)"');
    expect(svg).toContain(">middle</text>");
    expect(svg).not.toMatch(/<script|<style|href=|url\((?!#)/);
  });
});

describe("logMarks", () => {
  it("marks round durations, the closer the narrower the range", () => {
    const labels = (min: number, max: number): readonly string[] => logMarks(min, max).map(({ label }) => label);
    expect(labels(300, 2_100)).toEqual(["500 ms", "1 s", "2 s"]);
    expect(labels(280, 200_000)).toEqual(["1 s", "10 s", "100 s"]);
    expect(labels(900, 1_600)).toEqual(["1 s", "1.5 s"]);
    expect(durationLabel(1_500)).toBe("1.5 s");
  });
});
