import { Command } from "commander";
import { describe, expect, it } from "vitest";
import {
  addPolicyFlags,
  type PolicyFlags,
  parseRegion,
  parseResidency,
  routingFrom,
} from "../../src/cli/policy-flags.ts";
import type { RoutingOptions } from "../../src/options/options.ts";

async function routingOf(...args: readonly string[]): Promise<RoutingOptions> {
  const command = addPolicyFlags(new Command("plan")).argument("<model>").exitOverride();
  command.parse([...args], { from: "user" });
  return routingFrom(command.opts<PolicyFlags>());
}

describe("the flags of a policy", () => {
  it("are latency and nothing else by default", async () => {
    expect(await routingOf("model")).toEqual({ policy: "latency", sourceRegions: [] });
  });

  it("take further Regions with commas, several times, and leave the argument alone", async () => {
    const routing = await routingOf(
      "-p",
      "cost",
      "-s",
      "eu-west-1,us-east-1",
      "--residency",
      "eu",
      "-s",
      "us-west-2",
      "m",
    );
    expect(routing).toEqual({
      policy: "cost",
      residency: "eu",
      sourceRegions: ["eu-west-1", "us-east-1", "us-west-2"],
    });
  });

  it("refuse a policy that is none", async () => {
    await expect(routingOf("--policy", "fast", "m")).rejects.toThrow(/Allowed choices are latency, cost/);
  });
});

describe("a residency on the command line", () => {
  it.each([
    ["any", "any"],
    ["eu", "eu"],
    ["eu,us", ["eu", "us"]],
    ["eu, us", ["eu", "us"]],
    ["countries:DE,FR", { countries: ["DE", "FR"] }],
    ["regions:eu-central-1", { regions: ["eu-central-1"] }],
  ])("%s", (text, residency) => {
    expect(parseResidency(text)).toEqual(residency);
  });

  it.each([
    ["UK", 'got "UK" (did you mean countries:GB?)'],
    ["EU", 'got "EU" (did you mean eu?)'],
    ["Germany", "(did you mean countries:DE?)"],
    ["de,fr", "(did you mean countries:DE,FR?)"],
    ["eu-central-1", "(did you mean regions:eu-central-1?)"],
    ["frankfurt", "(did you mean regions:eu-central-1?)"],
    ["countries:UK", '--residency.countries[0] must be the ISO 3166-1 code of a country with an AWS Region, got "UK"'],
    ["global", "use any to allow global profiles"],
    ["eu,,us", "an empty name stands between two commas"],
    ["country:DE", "write regions:… or countries:…"],
  ])("that is %s is answered with what it may mean", (text, message) => {
    expect(() => parseResidency(text)).toThrow(message);
  });
});

describe("a home Region on the command line", () => {
  it("may be any Region, with FIPS endpoints too", () => {
    expect(["eu-central-1", "fips-us-east-1", "us-gov-west-1-fips"].map(parseRegion)).toHaveLength(3);
  });

  it("is suggested when it is none", () => {
    expect(() => parseRegion("frankfurt")).toThrow(
      '--region must be an AWS Region, got "frankfurt" (did you mean "eu-central-1"?)',
    );
  });
});
