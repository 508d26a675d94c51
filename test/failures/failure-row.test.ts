import { describe, expect, it } from "vitest";
import { on } from "../../src/failures/failure-row.ts";

describe("on", () => {
  it("gives every condition the same verdict", () => {
    expect(on("throttled route overloaded", { text: /busy/ }, { status: [529, 529] })).toEqual([
      { kind: "throttled", scope: "route", family: "overloaded", text: /busy/ },
      { kind: "throttled", scope: "route", family: "overloaded", status: [529, 529] },
    ]);
  });
});
