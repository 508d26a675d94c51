import type { Chance } from "../support/chance.ts";
import { profilesByModel } from "./facts.ts";
import type { DeclaredRoute, Naming } from "./judge.ts";
import { regions } from "./places.ts";

/** A `modelId` and what it was made to mean. */
export interface NamedModel {
  readonly naming: Naming;
  readonly modelId: string;
}

const ACCOUNT = "123456789012";
/** The last two do not exist yet. */
const PREFIXES = ["us", "eu", "apac", "jp", "au", "in", "ca", "us-gov", "global", "kr", "br"];
const SUFFIXES = ["", "", "", "", ":200k"];

/** Names a model in any of the forms that a `modelId` may have. */
export function nameModel(
  model: string,
  homeRegion: string,
  sourceRegions: readonly string[],
  declared: readonly DeclaredRoute[],
  chance: Chance,
): NamedModel {
  const near = [homeRegion, ...sourceRegions];
  const arnRegion = chance.happens(0.85) ? chance.pick(near) : chance.pick(regions);
  const suffix = /:\d+$/.test(model) ? chance.pick(SUFFIXES) : "";
  const geography = likelyGeography(model, [homeRegion, ...sourceRegions], chance);
  const partition = arnRegion.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  const roll = chance.next();
  if (roll < 0.5) return { naming: { as: "model", model, written: model + suffix }, modelId: model + suffix };
  if (roll < 0.74) {
    return { naming: { as: "profile", model, geography }, modelId: `${geography}.${model}${suffix}` };
  }
  if (roll < 0.84) {
    return {
      naming: { as: "profile", model, geography, arnRegion },
      modelId: `arn:${partition}:bedrock:${arnRegion}:${ACCOUNT}:inference-profile/${geography}.${model}`,
    };
  }
  if (roll < 0.89) {
    const anywhere = chance.happens(0.2);
    const written = `arn:${partition}:bedrock:${anywhere ? "" : arnRegion}::foundation-model/${model}`;
    return {
      naming: { as: "model-arn", model, written, ...(anywhere ? {} : { arnRegion }) },
      modelId: written,
    };
  }
  if (roll < 0.95 && declared.length > 0) {
    const route = chance.pick(declared);
    return { naming: { as: "resource", arn: route.modelId, ...route }, modelId: route.modelId };
  }
  if (roll < 0.98) return resource(`arn:${partition}:bedrock:${arnRegion}:${ACCOUNT}`, arnRegion, chance);
  const written = chance.pick(["a1b2c3d4e5f6", "", "arn:aws:s3:::bucket", "no.such-model", "no such.model"]);
  if (written === "no.such-model") return { naming: { as: "model", model: written, written }, modelId: written };
  const possible = written !== "" && !written.includes(" ");
  return { naming: possible ? { as: "text", written } : { as: "nothing" }, modelId: written };
}

/** Mostly one that can be called from here, sometimes one that exists elsewhere, sometimes none. */
function likelyGeography(model: string, sourceRegions: readonly string[], chance: Chance): string {
  const own = profilesByModel.get(model) ?? [];
  const callable = own.filter(({ destinations }) => sourceRegions.some((region) => region in destinations));
  if (callable.length > 0 && chance.happens(0.8)) return chance.pick(callable).geography;
  return own.length > 0 && chance.happens(0.6) ? chance.pick(own).geography : chance.pick(PREFIXES);
}

function resource(prefix: string, arnRegion: string, chance: Chance): NamedModel {
  const kind = chance.pick([
    ...["application-inference-profile", "provisioned-model", "custom-model-deployment", "imported-model"],
    ...["custom-model", "prompt", "prompt-router", "default-prompt-router"],
  ]);
  // AWS does not say where what stands behind a profile or a prompt runs.
  const known = !["application-inference-profile", "prompt", "prompt-router", "default-prompt-router"].includes(kind);
  const arn = `${prefix}:${kind}/undeclared`;
  return { naming: { as: "resource", arn, arnRegion, runsIn: [known ? arnRegion : "unknown"] }, modelId: arn };
}

/** Application profiles and provisioned models of the caller, for some of the models. */
export function declaredRoutes(few: readonly string[], homeRegion: string, chance: Chance): readonly DeclaredRoute[] {
  if (chance.happens(0.6)) return [];
  return Array.from({ length: 1 + chance.below(3) }, (_, number) => {
    const arnRegion = chance.pick([homeRegion, homeRegion, chance.pick(regions)]);
    const provisioned = chance.happens(0.4);
    const partition = arnRegion.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    const type = provisioned ? "provisioned-model" : "application-inference-profile";
    const fallback = [provisioned ? arnRegion : "unknown"];
    return {
      model: chance.pick(few),
      modelId: `arn:${partition}:bedrock:${arnRegion}:${ACCOUNT}:${type}/declared${number}`,
      arnRegion,
      runsIn: chance.happens(0.5) ? fallback : [...new Set([arnRegion, ...chance.some(regions, 0, 3)])],
    };
  });
}
