import { expect, it } from "vitest";
import { arnPartition } from "../../src/simulator/arn.ts";

it("the partition of a Region is aws, but for GovCloud", () => {
  expect(["eu-west-1", "us-gov-west-1", ""].map(arnPartition)).toEqual(["aws", "aws-us-gov", "aws"]);
});
