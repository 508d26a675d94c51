import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { renderProfiles } from "../../src/cli/render-profiles.ts";

const plain = pc.createColors(false);

describe("a profile table as text", () => {
  it("tells changes by kind, and what is different about destination Regions", () => {
    const change = { model: "acme.model", sourceRegion: "us-east-1", before: [], after: [] };
    const text = renderProfiles(
      "live",
      [],
      [
        { ...change, kind: "added", modelId: "global.acme.model", after: ["*"] },
        { ...change, kind: "removed", modelId: "acme.model", before: ["us-east-1"] },
        { ...change, kind: "destinations", modelId: "us.acme.model", before: ["a", "b"], after: ["b", "c", "d"] },
      ],
      plain,
    );
    expect(text.split("\n")).toEqual([
      "table live",
      "",
      "Nothing can be called from there.",
      "",
      "Changes against the bundled table:",
      "+ global.acme.model  us-east-1",
      "    may run in  any commercial Region",
      "- acme.model  us-east-1",
      "~ us.acme.model  us-east-1",
      "    also  c, d",
      "    no longer  a",
      "",
    ]);
  });

  it("says when nothing differs, and nothing when nothing was compared", () => {
    expect(renderProfiles("live", [], [], plain)).toContain("No changes against the bundled table.");
    expect(renderProfiles("bundled", [], undefined, plain)).not.toContain("hanges against");
  });

  it("tells the end of a model's life, and where", () => {
    const row = { model: "acme.model", modelId: "acme.model", kind: "in-region", destinationRegions: [] } as const;
    const [everywhere, there] = ["2027-01-08", "2027-03-01"];
    const rows = [
      { ...row, sourceRegion: "us-east-1", endOfLife: everywhere },
      { ...row, sourceRegion: "us-west-2", endOfLife: everywhere },
    ];
    expect(renderProfiles("bundled", rows, undefined, plain)).toContain(
      `acme.model\n  end of life ${everywhere}\n  acme`,
    );
    const some = [
      ...rows,
      { ...row, sourceRegion: "eu-west-1" },
      { ...row, sourceRegion: "eu-west-2", endOfLife: there },
    ];
    expect(renderProfiles("bundled", some, undefined, plain)).toContain(
      `\n  end of life ${everywhere} in us-east-1, us-west-2\n  end of life ${there} in eu-west-2\n`,
    );
  });

  it("says that destination Regions are not documented", () => {
    const row = {
      model: "acme.model",
      modelId: "us.acme.model",
      kind: "geographic",
      sourceRegion: "us-east-1",
    } as const;
    const text = renderProfiles("bundled", [{ ...row, destinationRegions: ["unknown"] }], undefined, plain);
    expect(text).toContain("may run in  Regions that AWS does not document");
  });
});
