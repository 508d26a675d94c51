import { baselines, oracle } from "./baselines/all-baselines.ts";
import type { Contender } from "./contender.ts";
import { fleets, products, variants } from "./product.ts";

/** Everyone who takes part, the oracle first. */
export const contenders: readonly Contender[] = [oracle, ...products, ...baselines];

/** Those of the regimes of many processes. */
export const fleetContenders: readonly Contender[] = [oracle, ...products.slice(0, 1), ...fleets];

/** @throws RangeError for a name that nobody has */
export function contenderNamed(name: string): Contender {
  const contender = [...contenders, ...variants, ...fleets].find((candidate) => candidate.name === name);
  if (contender === undefined) throw new RangeError(`No contender is called ${JSON.stringify(name)}`);
  return contender;
}
