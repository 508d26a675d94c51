import { describe, expect, it } from "vitest";
import {
  HomeRegionError,
  InvalidOptionsError,
  isRoutingError,
  NoRouteError,
  RoutingError,
  TruncatedStreamError,
  UnknownModelError,
} from "../../src/types/errors.ts";
import type { Plan, Rejection, RejectionReason } from "../../src/types/plan.ts";
import { routeKey } from "../../src/types/route.ts";

describe("RoutingError", () => {
  it.each([
    [new InvalidOptionsError("routing.policy", "must be given"), "InvalidOptionsError", "INVALID_OPTIONS"],
    [new HomeRegionError(undefined), "HomeRegionError", "HOME_REGION_UNRESOLVED"],
    [new UnknownModelError("x y"), "UnknownModelError", "UNKNOWN_MODEL"],
    [new NoRouteError(planWith([])), "NoRouteError", "NO_ROUTE"],
    [new TruncatedStreamError(true), "TruncatedStreamError", "TRUNCATED_STREAM"],
    [new RoutingError("NO_ROUTE", "text"), "RoutingError", "NO_ROUTE"],
  ])("is %s, with a name and a code of its own", (error, name, code) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(RoutingError);
    expect(error).toMatchObject({ name, code });
    expect(isRoutingError(error)).toBe(true);
    expect(String(error)).toBe(`${name}: ${error.message}`);
  });

  it("does not show its brand among its fields", () => {
    const error = new InvalidOptionsError("a", "b");
    expect(Object.getOwnPropertySymbols({ ...error })).toEqual([]);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "InvalidOptionsError",
      code: "INVALID_OPTIONS",
      path: "a",
    });
  });
});

describe("isRoutingError", () => {
  it("knows an error of another installed copy, which shares the registered symbol and no class", () => {
    const foreign = Object.assign(new Error("from the CommonJS copy"), {
      [Symbol.for("bedrock-routed-client.RoutingError")]: true,
    });
    expect(foreign).not.toBeInstanceOf(RoutingError);
    expect(isRoutingError(foreign)).toBe(true);
  });

  it.each([new Error("other"), { name: "RoutingError", code: "NO_ROUTE" }, null, undefined, "RoutingError", () => {}])(
    "does not take %o for one",
    (value) => {
      expect(isRoutingError(value)).toBe(false);
    },
  );
});

describe("InvalidOptionsError", () => {
  it("tells path, expectation and received value", () => {
    const error = new InvalidOptionsError("routing.hedgeAfterMs", "must be a positive number of milliseconds", "-5");
    expect(error.message).toBe("routing.hedgeAfterMs must be a positive number of milliseconds, got -5");
    expect(error.path).toBe("routing.hedgeAfterMs");
    expect(new InvalidOptionsError("routing.policy", "must be given").message).toBe("routing.policy must be given");
  });
});

describe("HomeRegionError", () => {
  it("keeps the SDK's error as its cause and says where a Region may come from", () => {
    const cause = new Error("Region is missing");
    const error = new HomeRegionError(cause);
    expect(error.cause).toBe(cause);
    expect(error.path).toBe("region");
    expect(error.message).toContain("AWS_REGION");
  });
});

describe("UnknownModelError", () => {
  it("quotes what it got and offers the nearest model", () => {
    const error = new UnknownModelError("anthropic. claude", "anthropic.claude");
    expect(error.message).toBe(
      'modelId must be a foundation-model id, an inference profile id or an ARN, without spaces, got "anthropic. claude". Did you mean "anthropic.claude"?',
    );
    expect(error).toMatchObject({ path: "modelId", modelId: "anthropic. claude" });
    expect(new UnknownModelError("x y").message).not.toContain("Did you mean");
  });

  it("does not repeat a text that is far too long", () => {
    expect(new UnknownModelError("x".repeat(1_000_000)).message.length).toBeLessThan(400);
  });
});

describe("NoRouteError", () => {
  it("lists every rejection and each cure once", () => {
    const plan = planWith([
      rejection("eu.acme.model", "residency", "may run in eu-west-1, outside countries DE"),
      rejection("global.acme.model", "residency", "may run in any commercial Region, outside countries DE"),
      rejection("us.acme.model", "not-a-source-region", "can be called from us-east-1"),
    ]);
    const error = new NoRouteError(plan);
    expect(error.message).toBe(
      [
        "No route may serve acme.model from eu-central-1 under residency countries DE. Rejected:",
        "  eu.acme.model from eu-central-1: residency, may run in eu-west-1, outside countries DE",
        "  global.acme.model from eu-central-1: residency, may run in any commercial Region, outside countries DE",
        "  us.acme.model from eu-central-1: not-a-source-region, can be called from us-east-1",
        "To allow one:",
        "  - widen routing.residency, if the data may be processed there",
        "  - add a source Region of the profile to routing.sourceRegions",
      ].join("\n"),
    );
    expect(error.plan).toBe(plan);
  });

  it.each([
    ["residency", "widen routing.residency"],
    ["boundary", "pass the bare model id"],
    ["not-a-source-region", "routing.sourceRegions"],
    ["pinned", "remove the input that binds the request"],
  ] as const)("has a cure for %s", (reason, cure) => {
    expect(new NoRouteError(planWith([rejection("x", reason, "")])).message).toContain(cure);
  });

  it("ends with the remarks of the plan", () => {
    const error = new NoRouteError({
      ...planWith([rejection("x", "residency", "")]),
      remarks: ["It is a misspelling."],
    });
    expect(error.message.split("\n").at(-1)).toBe("It is a misspelling.");
  });

  it("says so even when nothing was rejected", () => {
    expect(new NoRouteError(planWith([])).message).toBe(
      "No route may serve acme.model from eu-central-1 under residency countries DE",
    );
  });
});

describe("TruncatedStreamError", () => {
  it("tells a cut answer from an empty one", () => {
    expect(new TruncatedStreamError(true).message).toContain("incomplete");
    expect(new TruncatedStreamError(false).message).toContain("before any content");
  });
});

function planWith(rejections: readonly Rejection[]): Plan {
  return {
    model: "acme.model",
    homeRegion: "eu-central-1",
    policy: { prefer: "latency", priceWeight: 1, residency: { label: "countries DE", regions: ["eu-central-1"] } },
    candidates: [],
    rejections,
    remarks: [],
    catalog: "bundled, 2026-11-20",
  };
}

function rejection(modelId: string, reason: RejectionReason, detail: string): Rejection {
  return {
    route: {
      key: routeKey("eu-central-1", modelId),
      sourceRegion: "eu-central-1",
      modelId,
      model: "acme.model",
      kind: "geographic",
      geography: "eu",
      destinationRegions: ["eu-west-1"],
    },
    reason,
    detail,
  };
}
