import { expect, it } from "vitest";
import { schedule } from "../../../src/cli/lab/schedule.ts";

it("calls every route once a round, warm-ups first", () => {
  expect(schedule(3, 2, 1).map(({ cell, round }) => `${round}:${cell}`)).toEqual([
    ...["0:0", "0:1", "0:2"],
    ...["1:0", "1:1", "1:2"],
    ...["2:0", "2:1", "2:2"],
  ]);
  expect(schedule(21, 30, 0)).toHaveLength(630);
});
