import { FAMILY_TEXTS, type FailureFamily } from "../../types/failure-family.ts";
import type { Route } from "../../types/route.ts";

/** Why a route was refused, and what to do about it: one sentence each. */
export interface Advice {
  readonly why: string;
  readonly cure: string;
}

/** The advice for a failure family, about one route. */
export function adviceFor(family: FailureFamily, { modelId, sourceRegion }: Route): Advice {
  const { why, cure } = FAMILY_TEXTS[family];
  const fill = (text: string): string => text.replaceAll("{id}", modelId).replaceAll("{region}", sourceRegion);
  return { why: fill(why), cure: fill(cure) };
}
