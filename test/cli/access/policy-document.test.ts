import { describe, expect, it } from "vitest";
import { type PolicyDocument, policySize } from "../../../src/cli/access/policy-document.ts";

describe("the size of a policy", () => {
  it("counts every character but white space, as AWS does", () => {
    const document: PolicyDocument = {
      Version: "2012-10-17",
      Statement: [{ Sid: "One", Effect: "Allow", Action: ["bedrock:InvokeModel"], Resource: ["*"] }],
    };
    expect(policySize(document)).toBe(JSON.stringify(document).length);
    const [statement] = document.Statement;
    const spaced: PolicyDocument = { ...document, Statement: [{ ...statement!, Sid: "O n e" }] };
    expect(policySize(spaced)).toBe(policySize(document));
  });
});
