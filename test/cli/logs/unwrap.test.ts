import { describe, expect, it } from "vitest";
import { unwrap } from "../../../src/cli/logs/unwrap.ts";

const record = { schemaType: "ModelInvocationLog" };

describe("what AWS's tools wrap around a record", () => {
  it.each([
    ["nothing", record],
    ["an array", [record]],
    ["events picked out as text", [JSON.stringify(record)]],
    ["a CloudTrail file", { Records: [record] }],
    ["cloudtrail lookup-events", { Events: [{ EventName: "Converse", CloudTrailEvent: JSON.stringify(record) }] }],
    ["logs filter-log-events", { events: [{ timestamp: 1, message: JSON.stringify(record) }] }],
    [
      "a subscription of CloudWatch Logs",
      { messageType: "DATA_MESSAGE", logEvents: [{ message: ` ${JSON.stringify(record)}` }] },
    ],
    ["EventBridge", { "detail-type": "AWS API Call via CloudTrail", detail: record }],
  ])("is taken off: %s", (_name, wrapped) => {
    expect(unwrap(wrapped)).toEqual([record]);
  });

  it("is left where it is not understood", () => {
    for (const value of [7, { message: "{cut off" }, { message: "text" }, { detail: 1 }])
      expect(unwrap(value)).toEqual([value]);
  });
});
