import { describe, expect, it } from "vitest";
import { adviceFor } from "../../../src/cli/doctor/advice.ts";
import { FAMILIES, type FailureFamily } from "../../../src/types/failure-family.ts";
import { routeOf } from "../../support/routes.ts";

describe("the advice for a failure family", () => {
  it.each(Object.keys(FAMILIES) as FailureFamily[])(
    "says why and what to do in a whole sentence each: %s",
    (family) => {
      const { why, cure } = adviceFor(family, routeOf("us"));
      for (const sentence of [why, cure]) {
        expect(sentence).toMatch(/^\S.{10,}\.$/);
        expect(sentence).not.toMatch(/[{}]/);
      }
    },
  );

  it("names the Region and the id that it is about", () => {
    const { why, cure } = adviceFor("model-identifier-invalid", routeOf("eu@eu-west-1"));
    expect(why).toBe("eu.anthropic.claude-sonnet-4-6 does not exist, or cannot be called from eu-west-1.");
    expect(cure).toContain("--region eu-west-1");
  });
});
