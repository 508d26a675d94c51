import { expect, it } from "vitest";
import { LAB_SCHEMA, LAB_VERSION } from "../../src/options/lab-format.ts";

it("names its format and its version, which readers hold on to", () => {
  expect([LAB_SCHEMA, LAB_VERSION]).toEqual(["bedrock-routed-client/lab", 1]);
});
