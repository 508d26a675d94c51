import { type Command, InvalidArgumentError, Option } from "commander";
import { catalogFrom } from "../options/catalog-from.ts";
import type { RoutingOptions, RoutingPolicy } from "../options/options.ts";
import type { Residency } from "../plan/residency.ts";
import { catalogText } from "./catalog-file.ts";

/** The flags that describe a routing policy, as every command has them. */
export interface PolicyFlags {
  readonly policy: string;
  readonly residency?: Residency;
  readonly sourceRegion?: readonly string[];
  readonly catalog?: string;
}

/** Adds the policy flags to a command. */
export function addPolicyFlags(command: Command): Command {
  return command
    .addOption(
      new Option("-p, --policy <policy>", "what to prefer")
        .choices(["latency", "cost", "residency", "throughput"])
        .default("latency"),
    )
    .option(
      "--residency <where>",
      "where inference may run: any, home, a geography (eu or eu,us), regions:eu-central-1,eu-west-1 or countries:DE,FR",
      parseResidency,
    )
    .option("-s, --source-region <region...>", "further Regions whose endpoints may be called")
    .option("--catalog <file>", "a catalogue saved by `profiles --live --save` instead of the bundled table");
}

/** The flags as the `routing` option. Validation is the library's own, so that messages agree. */
export async function routingFrom(flags: PolicyFlags): Promise<RoutingOptions> {
  const catalog = flags.catalog === undefined ? {} : { catalog: catalogFrom(await catalogText(flags.catalog)) };
  return { policy: policyFrom(flags), sourceRegions: flags.sourceRegion ?? [], ...catalog };
}

function policyFrom({ policy, residency }: PolicyFlags): RoutingPolicy {
  const named: RoutingPolicy =
    policy === "residency" ? { residency: "home" } : { prefer: policy as "latency" | "cost" | "throughput" };
  return residency === undefined ? named : { ...named, residency };
}

/** A residency as it is written after `--residency`. */
export function parseResidency(text: string): Residency {
  const [kind, rest] = text.split(":", 2);
  const names = (rest ?? text).split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) throw new InvalidArgumentError("an empty name stands between two commas.");
  if (rest === undefined) return names.length === 1 ? (names[0] ?? text) : names;
  if (kind === "regions") return { regions: names };
  if (kind === "countries") return { countries: names };
  throw new InvalidArgumentError("write regions:… or countries:…");
}
