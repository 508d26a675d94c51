import { describe, expect, it } from "vitest";
import { normalQuantile, stratified } from "../../../src/cli/lab/stratified.ts";
import { draw, normalDeviate } from "../../../src/simulator/seeded-random.ts";

describe("stratified", () => {
  it("gives each of the runs another slice of the normal distribution, in another order for each route", () => {
    const luck = stratified(30, 0, () => 0, draw);
    const spread = (route: string): number[] =>
      Array.from({ length: 30 }, () => {
        const random = luck.next(route);
        return normalDeviate(random(), random());
      });
    const [a, b] = [spread("a"), spread("b")];
    const slices = Array.from({ length: 30 }, (_, index) => normalQuantile((index + 0.5) / 30));
    [...a]
      .sort((x, y) => x - y)
      .forEach((value, index) => {
        expect(value).toBeCloseTo(slices[index]!, 5);
      });
    expect(a).not.toEqual(b);
  });

  it("lets warm-ups draw for themselves, and goes on where an earlier part of the run ended", () => {
    const numbers = (luck: ReturnType<typeof stratified>, count: number): number[] =>
      Array.from({ length: count }, () => luck.next("a")());
    const whole = numbers(
      stratified(10, 1, () => 0, draw),
      11,
    );
    const rest = numbers(
      stratified(10, 1, () => 4, draw),
      7,
    );
    expect(rest.slice(1)).toEqual(whole.slice(5));
  });

  it("knows the quantiles of the normal distribution", () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 5);
    expect(normalQuantile(0.95)).toBeCloseTo(1.64485, 4);
    expect(normalQuantile(0.01)).toBeCloseTo(-2.32635, 4);
  });
});
