import { describe, expect, it } from "vitest";
import { type Part, pageWith } from "./page.ts";

const PARTS: readonly Part[] = ["regimes", "worlds", "fleets", "fleet-ablation", "ablation", "overhead", "peers"];

describe("the benchmark page", () => {
  it("keeps the other parts when one is written", () => {
    const page = PARTS.reduce((known, part) => pageWith(known, part, `What ${part} found.`, "2026-01-01"), "");
    for (const part of PARTS) {
      const again = pageWith(page, part, `What ${part} found later.`, "2026-02-02");
      for (const other of PARTS) expect(again).toContain(`What ${other} found${other === part ? " later" : ""}.`);
      expect(again.match(/2026-01-01/g)).toHaveLength(PARTS.length - 1);
    }
  });

  it("says which parts have not been run", () => {
    expect(pageWith("", "peers", "Something.", "2026-01-01").match(/Not run yet\./g)).toHaveLength(PARTS.length - 1);
  });
});
