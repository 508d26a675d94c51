import { describe, expect, it } from "vitest";
import { isRefusal, refuse } from "../../src/simulator/refusal.ts";

describe("the words of a refusal", () => {
  it("have a typographic apostrophe where AWS has one, and a straight one elsewhere", () => {
    expect(refuse.onDemandUnsupported("x").message).toContain("isn\u2019t supported");
    expect(refuse.accessDenied("model-access", "", "").message).toContain("don't have access");
  });

  it("name the action and the resource of a denial", () => {
    const arn = "arn:aws:bedrock:eu-west-1::foundation-model/m";
    const action = "bedrock:InvokeModel";
    const head = `User: arn:aws:sts::111122223333:assumed-role/ApplicationRole/session is not authorized to perform: ${action} on resource: ${arn}`;
    const text = (by: Parameters<typeof refuse.accessDenied>[0]): string =>
      refuse.accessDenied(by, action, arn).message;
    expect(text("service-control-policy")).toMatch(
      new RegExp(`^${head} with an explicit deny in a service control policy: arn:aws:organizations::`),
    );
    expect(text("identity-based-policy")).toBe(`${head} with an explicit deny in an identity-based policy`);
    expect(text("no-identity-based-policy")).toBe(
      `${head} because no identity-based policy allows the ${action} action`,
    );
    expect(text("vpc-endpoint-policy")).toBe(`${head} because no VPC endpoint policy allows the ${action} action`);
  });

  it("count the violated constraints", () => {
    expect(refuse.constraints(["a"]).message).toBe("1 validation error detected: a");
    expect(refuse.constraints(["a", "b"]).message).toBe("2 validation errors detected: a; b");
  });
});

describe("isRefusal", () => {
  it("tells a refusal from what would have been there instead", () => {
    expect(isRefusal(refuse.throttled("requests"))).toBe(true);
    for (const value of [undefined, null, {}, { status: "ACTIVE" }, { message: "text" }, "text"])
      expect(isRefusal(value)).toBe(false);
  });
});
