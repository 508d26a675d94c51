import type { Failure } from "../types/failure.ts";
import { COOLDOWNS, type CooldownRule, FAMILIES } from "../types/failure-family.ts";

/** The cooldown of a failure; `undefined` when it says nothing about the next request. */
export function cooldownRule({ kind, family }: Failure): CooldownRule | undefined {
  const { cooldown } = FAMILIES[family];
  return cooldown === undefined || kind === "rejected" ? undefined : COOLDOWNS[cooldown];
}
