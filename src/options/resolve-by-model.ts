import { parseModelRef } from "../profiles/model-ref.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";

/**
 * Validates an object that has a list for each foundation model.
 * @param what - of what the lists are, for people
 * @throws {@link InvalidOptionsError}
 */
export function resolveByModel<Item>(
  value: unknown,
  path: string,
  what: string,
  resolveList: (list: unknown, path: string) => readonly Item[],
): Readonly<Record<string, readonly Item[]>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidOptionsError(
      path,
      `must be an object from foundation-model id to a list of ${what}`,
      received(value),
    );
  }
  const entries = Object.entries(value).map(([model, list]) => {
    const at = `${path}[${JSON.stringify(model)}]`;
    checkModel(model, at);
    return [model, resolveList(list, at)] as const;
  });
  return Object.freeze(Object.fromEntries(entries));
}

/** What stands under any other name would never be looked up. */
function checkModel(name: string, path: string): void {
  const ref = parseModelRef(name);
  if (ref.kind === "foundation-model" && ref.model === name) return;
  const model = ref.kind === "foundation-model" || ref.kind === "system-profile" ? ref.model : undefined;
  const hint = model === undefined ? "" : `: did you mean ${JSON.stringify(model)}?`;
  throw new InvalidOptionsError(path, `must be named by a foundation-model id${hint}`);
}
