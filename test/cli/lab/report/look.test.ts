import { expect, it } from "vitest";
import { lookOf } from "../../../../src/cli/lab/report/look.ts";

it("tells kinds of routes apart by more than colour", () => {
  const looks = (["global", "geographic", "in-region"] as const).map(lookOf);
  for (const part of ["color", "symbol", "name"] as const)
    expect(new Set(looks.map((look) => look[part])).size).toBe(3);
  expect(new Set(looks.map(({ dash }) => dash.join(" "))).size).toBe(3);
});
