import { describe, expect, it } from "vitest";
import { resolveResidencyOption } from "../../src/options/resolve-residency.ts";
import { knownGeographies } from "../../src/profiles/geography.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";

const GEOGRAPHIES = knownGeographies().join(", ");
const read = (value: unknown): unknown => resolveResidencyOption(value, "routing.residency");

describe("a residency", () => {
  it.each([
    "any",
    "home",
    "eu",
    "us-gov",
    ["us", "ca"],
    { countries: ["DE", "GB"] },
    { regions: ["eu-west-1"] },
    { regions: ["eu-north-9", "eusc-de-east-1"] },
  ])("is taken as %j", (value) => {
    expect(read(value)).toEqual(value);
  });

  it.each<[unknown, string, string]>([
    [null, "", 'must be "any", "home", a geography, { regions } or { countries }, got null'],
    [true, "", 'must be "any", "home", a geography, { regions } or { countries }, got true'],
    ["EU", "", `must be a geography (${GEOGRAPHIES}), got "EU" (did you mean "eu"?)`],
    ["kr", "", `must be a geography (${GEOGRAPHIES}), got "kr" (did you mean { countries: ["KR"] }?)`],
    ["global", "", 'cannot be "global", which is no place: use "any" to allow global profiles, got "global"'],
    [[], "", "must name at least one geography, got an empty array"],
    [["eu", "home"], "[1]", 'cannot combine "home" with other geographies, got "home"'],
    [["any"], "[0]", 'cannot combine "any" with other geographies, got "any"'],
    [["eu", 1], "[1]", `must be a geography (${GEOGRAPHIES}), got 1`],
    [{ region: ["eu-west-1"] }, ".region", "is not an option: did you mean regions?"],
    [{}, "", "must have regions or countries, got an object with keys []"],
    [
      { regions: ["eu-west-1"], countries: ["IE"] },
      "",
      'must have either regions or countries, not both, got an object with keys ["regions","countries"]',
    ],
    [{ regions: "eu-west-1" }, ".regions", 'must be a non-empty array, each an AWS Region, got "eu-west-1"'],
    [{ regions: [] }, ".regions", "must be a non-empty array, each an AWS Region, got an empty array"],
    [
      { regions: ["eu-west-1", "eu-wst-2"] },
      ".regions[1]",
      'must be an AWS Region, got "eu-wst-2" (did you mean "eu-west-2"?)',
    ],
    [{ regions: ["*"] }, ".regions[0]", 'must be an AWS Region, got "*"'],
    [
      { countries: ["DE", "UK"] },
      ".countries[1]",
      'must be the ISO 3166-1 code of a country with an AWS Region, got "UK" (did you mean "GB"?)',
    ],
    [
      { countries: ["Germany"] },
      ".countries[0]",
      'must be the ISO 3166-1 code of a country with an AWS Region, got "Germany" (did you mean "DE"?)',
    ],
    [
      { countries: ["de"] },
      ".countries[0]",
      'must be the ISO 3166-1 code of a country with an AWS Region, got "de" (did you mean "DE"?)',
    ],
  ])("is refused as %j", (value, at, message) => {
    expect(() => read(value)).toThrow(InvalidOptionsError);
    expect(() => read(value)).toThrow(
      expect.objectContaining({ path: `routing.residency${at}`, message: `routing.residency${at} ${message}` }),
    );
  });

  it.each<[unknown, string | undefined]>([
    ["EU", '"eu"'],
    ["Any", '"any"'],
    ["europe", '"eu"'],
    ["Euorpe", '"eu"'],
    ["European Union", '"eu"'],
    ["USA", '"us"'],
    ["United States", '"us"'],
    ["Asia Pacific", '"apac"'],
    ["UK", '{ countries: ["GB"] }'],
    ["United Kingdom", '{ countries: ["GB"] }'],
    ["Germany", '{ countries: ["DE"] }'],
    ["DE", '{ countries: ["DE"] }'],
    ["switzerland", '{ countries: ["CH"] }'],
    ["Japan", '{ countries: ["JP"] }'],
    ["frankfurt", '{ regions: ["eu-central-1"] }'],
    ["Ireland", '{ countries: ["IE"] }'],
    ["eu-central-1", '{ regions: ["eu-central-1"] }'],
    ["eu-centrl-1", '{ regions: ["eu-central-1"] }'],
    ["eusc-de-east-1", '{ regions: ["eusc-de-east-1"] }'],
    [["DE", "France"], '{ countries: ["DE","FR"] }'],
    [["eu-west-1", "eu-central-1"], '{ regions: ["eu-west-1","eu-central-1"] }'],
    [["europe", "us"], '"eu"'],
    [["eu", "UK"], '{ countries: ["GB"] }'],
    ["constructor", undefined],
    ["atlantis", undefined],
    ["", undefined],
    ["germany".repeat(1_000_000), undefined],
  ])("that is written as %j is told what it may mean", (value, guess) => {
    const attempt = (): unknown => read(value);
    if (guess === undefined) expect(attempt).not.toThrow(/did you mean/);
    expect(attempt).toThrow(guess === undefined ? /must be a geography/ : `(did you mean ${guess}?)`);
  });

  it("is copied and frozen: the caller may change what was given", () => {
    const regions = ["eu-west-1"];
    const geographies = ["eu"];
    const taken = [read({ regions }), read(geographies)];
    regions.push("us-east-1");
    geographies.push("us");
    expect(taken).toEqual([{ regions: ["eu-west-1"] }, ["eu"]]);
    expect(taken.every((value) => Object.isFrozen(value))).toBe(true);
  });
});
