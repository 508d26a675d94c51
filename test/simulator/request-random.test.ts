import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/simulator/request-random.ts";

describe("the luck of a request", () => {
  it("repeats for the same seed and keys and differs for any other", () => {
    expect(randomOf(1, "a", 1).of("use")).toBe(randomOf(1, "a", 1).of("use"));
    const others = [randomOf(2, "a", 1), randomOf(1, "b", 1), randomOf(1, "a", 2)].map((luck) => luck.of("use"));
    expect(others).not.toContain(randomOf(1, "a", 1).of("use"));
    expect(randomOf(1, "a", 1).of("other use")).not.toBe(randomOf(1, "a", 1).of("use"));
  });

  it("gives a sequence that starts again for each reader", () => {
    const luck = randomOf(1, "a");
    const first = luck.sequence("use");
    const second = luck.sequence("use");
    const numbers = [first(), first(), first()];
    expect([second(), second(), second()]).toEqual(numbers);
    expect(new Set(numbers).size).toBe(3);
  });

  it("gives version 4 UUIDs", () => {
    const uuids = Array.from({ length: 100 }, (_, index) => randomOf(1, index).uuid("id"));
    expect(new Set(uuids).size).toBe(100);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
