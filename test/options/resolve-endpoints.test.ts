import { describe, expect, it } from "vitest";
import { resolveEndpoints } from "../../src/options/resolve-endpoints.ts";

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
  ])("refuses %j", (value, message) => {
    expect(() => resolveEndpoints(value, "at")).toThrow(message);
  });
});
