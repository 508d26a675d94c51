import { expect, it } from "vitest";
import { isAnswered } from "../../../src/cli/lab/call-record.ts";

it("takes a call for answered when it has both times and no failure", () => {
  const call = { cell: 0, round: 1, startedAt: 0 };
  const failure = { kind: "timeout", family: "timeout", afterMs: 9 } as const;
  expect(isAnswered({ ...call, ttfbMs: 1, totalMs: 2 })).toBe(true);
  expect(isAnswered({ ...call, ttfbMs: 1, failure })).toBe(false);
});
