import { describe, expect, it } from "vitest";
import { refuseForeignEndpoint, resolveEndpoints } from "../../src/options/resolve-endpoints.ts";

describe("resolveEndpoints", () => {
  it("keeps a frozen copy of URLs by Region", () => {
    const given = { "eu-west-1": "http://localhost:8080", "us-east-1": "https://vpce.example" };
    const resolved = resolveEndpoints(given, "routing.endpoints");
    expect(resolved).toEqual(given);
    expect(resolved).not.toBe(given);
    expect(Object.isFrozen(resolved)).toBe(true);
  });

  it.each([
    [null, "at must be an object from source Region to endpoint URL, got null"],
    [{ "eu-wst-1": "http://x" }, 'at.eu-wst-1 must be an AWS Region, got "eu-wst-1" (did you mean "eu-west-1"?)'],
    [{ "eu-west-1": "localhost:80" }, 'at.eu-west-1 must be an http or https URL, got "localhost:80"'],
    [
      { "eu-central-1": "https://bedrock-runtime.us-east-1.amazonaws.com" },
      'at.eu-central-1 must be an endpoint in eu-central-1, not one in us-east-1, got "https://bedrock-runtime.us-east-1.amazonaws.com" (did you mean https://bedrock-runtime.eu-central-1.amazonaws.com?)',
    ],
    [
      { "eu-central-1": "https://vpce-0a1b.bedrock-runtime.us-east-1.vpce.amazonaws.com" },
      "(did you mean https://bedrock-runtime.eu-central-1.amazonaws.com?)",
    ],
  ])("refuses %j", (value, message) => {
    expect(() => resolveEndpoints(value, "at")).toThrow(message);
  });
});

describe("an endpoint of the client", () => {
  const refuse = (host: string, home: string, sourceRegions: string[], endpoints = {}): void =>
    refuseForeignEndpoint(host, "endpoint", home, { sourceRegions, endpoints });
  const US = "bedrock-runtime.us-east-1.amazonaws.com";

  it.each([
    ["proxy.example", "eu-central-1", ["us-east-1"], {}],
    ["localhost", "eu-central-1", ["us-east-1"], {}],
    [US, "us-east-1", [], {}],
    [US, "us-east-1", ["us-west-2"], { "us-west-2": "https://bedrock-runtime.us-west-2.amazonaws.com" }],
  ])("%s may stand for %s and %j", (host, home, sourceRegions, endpoints) => {
    expect(() => refuse(host, home, sourceRegions, endpoints)).not.toThrow();
  });

  it("in one Region must not take the requests for others, and the message says what to write", () => {
    expect(() => refuse(US, "us-east-1", ["us-west-2"])).toThrow(
      `endpoint must not stand in us-east-1 while requests for us-west-2 go there too: name theirs under routing.endpoints, such as {"us-west-2":"https://bedrock-runtime.us-west-2.amazonaws.com"}, got "${US}"`,
    );
    expect(() => refuse(US, "eu-central-1", [])).toThrow(
      'set region to "us-east-1", or take an endpoint of eu-central-1',
    );
    expect(() => refuse(US, "eu-central-1", ["us-east-1"])).toThrow(/^endpoint must not/);
  });
});
