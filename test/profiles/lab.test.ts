import { describe, expect, it } from "vitest";
import { labCell, labCells, labProvenance } from "../../src/profiles/lab.ts";
import published from "./cases/lab.json" with { type: "json" };

const kindOf = (geography: string): "global" | "geographic" => (geography === "global" ? "global" : "geographic");

describe("labCell", () => {
  it.each(published.medians)("has the published medians of $geography $model from $sourceRegion", (row) => {
    expect(labCell(row.model, row.sourceRegion, kindOf(row.geography))).toMatchObject(row);
  });

  it.each(published.tails)("has the published tail of $geography $model from $sourceRegion", (row) => {
    expect(labCell(row.model, row.sourceRegion, kindOf(row.geography))).toMatchObject(row);
  });

  it("has none where the lab measured none", () => {
    expect(labCell("anthropic.claude-sonnet-4-6", "ap-southeast-1", "geographic")).toBeUndefined();
    expect(labCell("amazon.nova-2-lite-v1:0", "ap-southeast-2", "geographic")).toBeUndefined();
    expect(labCell("anthropic.claude-sonnet-4-6", "eu-west-1", "global")).toBeUndefined();
    expect(labCell("anthropic.claude-opus-5", "us-east-1", "global")).toBeUndefined();
  });
});

describe("labCells", () => {
  it("holds the published cells and nothing else", () => {
    const name = (cell: { model: string; sourceRegion: string; geography: string }): string =>
      `${cell.geography}.${cell.model} from ${cell.sourceRegion}`;
    expect(labCells().map(name).sort()).toEqual(published.medians.map(name).sort());
    const withTail = labCells().filter((cell) => cell.totalP99Ms !== undefined || cell.totalP95Ms !== undefined);
    expect(withTail.map(name).sort()).toEqual(published.tails.map(name).sort());
    const withP95 = published.tails.filter((row) => "totalP95Ms" in row);
    expect(labCells().filter((cell) => cell.totalP95Ms !== undefined)).toHaveLength(withP95.length);
  });

  it("is frozen, and names its source", () => {
    expect([labCells(), ...labCells(), labProvenance].every(Object.isFrozen)).toBe(true);
    expect(`${labProvenance.source}, last verified ${labProvenance.lastVerified}`).toBe(published.source);
  });
});
