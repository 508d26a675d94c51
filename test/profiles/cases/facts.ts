import { readFileSync } from "node:fs";
import type { Facts } from "../../../src/profiles/data/generate.ts";

/** The facts file that the bundled data is generated from. */
export const facts: Facts = JSON.parse(
  readFileSync(new URL("../../../src/profiles/data/inference-profiles.json", import.meta.url), "utf8"),
);
