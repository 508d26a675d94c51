import { type Command, InvalidArgumentError, Option } from "commander";
import { catalogFrom } from "../options/catalog-from.ts";
import { checkRegion } from "../options/check-region.ts";
import type { RoutingOptions } from "../options/options.ts";
import { residencyReader } from "../options/resolve-residency.ts";
import type { Residency } from "../plan/residency.ts";
import { catalogText } from "./catalog-file.ts";

/** The flags that describe a routing policy, as every command has them. */
export interface PolicyFlags {
  readonly policy: RoutingOptions["policy"];
  readonly residency?: Residency;
  readonly sourceRegion: readonly string[];
  readonly catalog?: string;
}

/** Adds the policy flags to a command. */
export function addPolicyFlags(command: Command): Command {
  return command
    .addOption(
      new Option("-p, --policy <policy>", "what to prefer")
        .choices(["latency", "cost", "throughput", "residency"] satisfies RoutingOptions["policy"][])
        .default("latency"),
    )
    .option(
      "--residency <where>",
      "where inference may run: any, home, a geography (eu or eu,us), regions:eu-central-1,eu-west-1 or countries:DE,FR",
      parseResidency,
    )
    .option(
      "-s, --source-region <regions>",
      "further Regions whose endpoints may be called, separated by commas; may be repeated",
      parseSourceRegions,
      [],
    )
    .option("--catalog <file>", "a catalogue saved by `profiles --live --save` instead of the bundled table");
}

/** The flags as the `routing` option. */
export async function routingFrom(flags: PolicyFlags): Promise<RoutingOptions> {
  const { policy, residency, sourceRegion, catalog } = flags;
  return {
    policy,
    ...(residency !== undefined && { residency }),
    sourceRegions: sourceRegion,
    ...(catalog !== undefined && { catalog: catalogFrom(await catalogText(catalog)) }),
  };
}

/** A home Region as it is written after `--region`. */
export function parseRegion(text: string): string {
  // The SDK takes `fips-us-east-1` as well.
  checkRegion(text.replace(/^fips-|-fips$/, ""), "--region");
  return text;
}

/** A residency as it is written after `--residency`. */
export function parseResidency(text: string): Residency {
  const [kind = "", rest] = text.split(":", 2);
  const names = (rest ?? text).split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) throw new InvalidArgumentError("an empty name stands between two commas.");
  if (rest === undefined) return readResidency(names.length === 1 ? names[0] : names, "--residency");
  if (kind !== "regions" && kind !== "countries") throw new InvalidArgumentError("write regions:… or countries:…");
  return readResidency({ [kind]: names }, "--residency");
}

const readResidency = residencyReader((residency) => {
  if (typeof residency === "string") return residency;
  const [[kind, names] = []] = Object.entries(residency);
  return Array.isArray(residency) ? residency.join(",") : `${kind}:${names}`;
});

function parseSourceRegions(text: string, previous: readonly string[]): readonly string[] {
  return [...previous, ...text.split(",").map((region) => checkRegion(region.trim(), "--source-region"))];
}
