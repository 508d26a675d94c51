import { InvalidOptionsError } from "../types/errors.ts";
import { isNamespace, NAMESPACE_EXPECTED } from "../types/store.ts";
import { received } from "../util/received.ts";

/** @throws {@link InvalidOptionsError} */
export function checkedNamespace(namespace: unknown): string {
  if (isNamespace(namespace)) return namespace;
  throw new InvalidOptionsError("namespace", NAMESPACE_EXPECTED, received(namespace));
}
