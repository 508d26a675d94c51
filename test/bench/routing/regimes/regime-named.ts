import type { Regime } from "../regime.ts";
import { allRegimes, fleetRegimes } from "./all-regimes.ts";
import { randomWorld } from "./random-world.ts";

/** @throws RangeError for a name that no regime has */
export function regimeNamed(name: string): Regime {
  const world = /^world (\d+)$/.exec(name)?.[1];
  if (world !== undefined) return randomWorld(Number(world));
  const regime = [...allRegimes, ...fleetRegimes].find((candidate) => candidate.name === name);
  if (regime === undefined) throw new RangeError(`No regime is called ${JSON.stringify(name)}`);
  return regime;
}
