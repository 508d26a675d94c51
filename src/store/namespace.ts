import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";

/**
 * Braces would move the hash tag, by which a cluster finds the slot of a key.
 * @throws {@link InvalidOptionsError}
 * @see https://valkey.io/topics/cluster-spec/
 */
export function checkedNamespace(namespace: unknown): string {
  if (typeof namespace === "string" && /^[\w.:-]{1,64}$/.test(namespace)) return namespace;
  throw new InvalidOptionsError(
    "namespace",
    "must be 1 to 64 letters, digits, dots, colons, hyphens or underscores",
    received(namespace),
  );
}
