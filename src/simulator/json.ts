/** A value parsed from JSON whose shape is not known yet. */
export type Json = unknown;

/** Reads a member of what may be an object. */
export function member(value: Json, ...path: readonly (string | number)[]): Json {
  let current: Json = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, Json>)[key];
  }
  return current;
}

export function asArray(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function asString(value: Json): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function asNumber(value: Json): number | undefined {
  return typeof value === "number" ? value : undefined;
}
