import type { LabResultCell } from "../results.ts";

/** How a kind of route is drawn: never by colour alone. */
export interface Look {
  /** A CSS variable of the page. */
  readonly color: string;
  readonly dash: readonly number[];
  readonly symbol: string;
  readonly name: string;
}

export function lookOf(kind: LabResultCell["kind"]): Look {
  return LOOKS[kind];
}

const LOOKS: Readonly<Record<LabResultCell["kind"], Look>> = {
  global: { color: "var(--global)", dash: [6, 3], symbol: "diamond", name: "global profile" },
  geographic: { color: "var(--geographic)", dash: [1, 0], symbol: "circle", name: "geographic profile" },
  "in-region": { color: "var(--in-region)", dash: [2, 2], symbol: "rect", name: "in-Region" },
};
