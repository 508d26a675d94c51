import { describe, expect, it } from "vitest";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { LiveTable } from "../../src/router/live-table.ts";
import { listingOf } from "../support/listings.ts";

const HOME = "eu-central-1";
const SONNET = "anthropic.claude-sonnet-4-6";
const APP = { arn: "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/a", model: SONNET };

describe("the live table", () => {
  it("is the table below until something was told", () => {
    expect(new LiveTable(bundledCatalog).catalog).toBe(bundledCatalog());
  });

  it("is another object when something has changed, and the same one with a new date when not", () => {
    const table = new LiveTable(bundledCatalog);
    const listing = listingOf(bundledCatalog(), HOME);
    expect(table.setListing(listing)).toBe(true);
    const { catalog } = table;
    expect(table.setListing({ ...listing, asOf: "2026-11-22T08:00:00.000Z" })).toBe(false);
    expect(table.catalog).toBe(catalog);
    expect(catalog.name).toBe("live eu-central-1 2026-11-22T08:00Z, else bundled");
    expect(table.setListing({ ...listing, profiles: [] })).toBe(true);
    expect(table.catalog).not.toBe(catalog);
  });

  it("keeps the parts that a later listing does not have", () => {
    const table = new LiveTable(bundledCatalog);
    const { profiles: _, ...modelsOnly } = listingOf(bundledCatalog(), HOME);
    table.setListing({ ...listingOf(bundledCatalog(), HOME), profiles: [] });
    table.setListing({ ...modelsOnly, inRegionModels: [SONNET] });
    expect(table.catalog.profile(`eu.${SONNET}`)?.destinations).not.toHaveProperty(HOME);
    expect(table.catalog.inRegionRegions(SONNET)).toContain(HOME);
  });

  it("knows application profiles until they are gone", () => {
    const table = new LiveTable(bundledCatalog);
    expect(table.setProfile({ ...APP, destinationRegions: ["*"] })).toBe(true);
    expect(table.setProfile({ ...APP, destinationRegions: ["*"] })).toBe(false);
    expect(table.catalog.applicationProfile?.(APP.arn)?.model).toBe(SONNET);
    table.dropProfile(APP.arn);
    expect(table.catalog.applicationProfile?.(APP.arn)).toBeUndefined();
    const { catalog } = table;
    table.dropProfile(APP.arn);
    expect(table.catalog).toBe(catalog);
  });
});
