import { ApplyGuardrailCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { refuseContentOutsideResidency } from "../../src/client/refuse-content.ts";
import type { SdkCommand } from "../../src/client/retarget.ts";
import type { RequestRoutingOptions } from "../../src/options/options.ts";
import type { Residency } from "../../src/plan/residency.ts";
import type { Plan } from "../../src/types/plan.ts";
import { stageRouter } from "../support/router.ts";

const guardrail = new ApplyGuardrailCommand({
  guardrailIdentifier: "gr-1",
  guardrailVersion: "1",
  source: "INPUT",
  content: [{ text: { text: "secret" } }],
});

function refusal(residency: Residency, homeRegion: string, overrides?: RequestRoutingOptions): Plan | undefined {
  const { router } = stageRouter({ residency });
  return refuseContentOutsideResidency(guardrail as unknown as SdkCommand, { homeRegion, overrides }, router);
}

describe("content that goes to the home Region as it is", () => {
  it.each<[Residency, string]>([
    ["any", "us-east-1"],
    ["home", "ap-southeast-1"],
    ["eu", "eu-west-2"],
    [{ regions: ["eu-west-1"] }, "eu-west-1"],
    [{ countries: ["DE"] }, "eu-central-1"],
  ])("may be sent under residency %j from %s", (residency, homeRegion) => {
    expect(refusal(residency, homeRegion)).toBeUndefined();
  });

  it.each<[Residency, string]>([
    ["eu", "us-east-1"],
    ["us", "ca-central-1"],
    [{ regions: ["eu-west-1"] }, "eu-central-1"],
    [{ countries: ["DE"] }, "eu-west-1"],
    ["eu", "xx-nowhere-1"],
    ["eu", "*"],
  ])("is refused under residency %j from %s", (residency, homeRegion) => {
    expect(refusal(residency, homeRegion)).toMatchObject({ candidates: [], rejections: [{ reason: "residency" }] });
  });

  it("is refused when the request narrows the residency, and not excused when it widens it", () => {
    const residency = (value: Residency): RequestRoutingOptions => ({ residency: value });
    expect(refusal("any", "us-east-1", residency("eu"))).toBeDefined();
    expect(refusal("eu", "us-east-1", residency("any"))).toBeDefined();
  });

  it("is refused with a plan that says why and holds nothing of the content", () => {
    const plan = refusal("eu", "us-east-1");
    expect(plan).toMatchObject({
      model: "gr-1",
      homeRegion: "us-east-1",
      policy: { residency: { label: "eu" } },
      rejections: [
        {
          detail: "runs in us-east-1, outside eu",
          route: { key: "us-east-1|gr-1", sourceRegion: "us-east-1", geography: "us" },
        },
      ],
    });
    expect(JSON.stringify(plan)).not.toContain("secret");
    expect([plan, plan?.rejections, plan?.rejections[0], plan?.rejections[0]?.route].every(Object.isFrozen)).toBe(true);
  });

  it("names the command when there is no guardrail to name", () => {
    const { router } = stageRouter({ residency: "eu" });
    class FutureCommand {
      readonly input = { text: "secret" };
    }
    const plan = refuseContentOutsideResidency(
      new FutureCommand() as unknown as SdkCommand,
      { homeRegion: "us-east-1", overrides: undefined },
      router,
    );
    expect(plan?.model).toBe("FutureCommand");
  });
});
