import { distance } from "fastest-levenshtein";
import type { Catalog } from "../profiles/catalog.ts";

/**
 * The model or profile that a `modelId` most likely misspells; `undefined` when none is near. One that differs in its
 * digits alone is another version, not a misspelling.
 */
export function nearestModel(modelId: string, catalog: Catalog): string | undefined {
  if (modelId.length > LONGEST) return undefined;
  const text = modelId.trim().toLowerCase();
  const models = catalog.models();
  const withoutVendor = models.find((model) => model.slice(model.indexOf(".") + 1) === text);
  if (withoutVendor !== undefined) return withoutVendor;
  const names = [...models, ...models.flatMap((model) => catalog.profilesOf(model).map(({ id }) => id))];
  let best: { readonly name: string; readonly distant: number } | undefined;
  for (const name of names) {
    if (name === modelId || (name !== text && withoutDigits(name) === withoutDigits(text))) continue;
    const edits = distance(text, name);
    if (edits > Math.max(2, text.length / 10, name.length / 10)) continue;
    // Of two that are as near, the one of the same geography or vendor.
    const distant = edits + (firstSegment(name) === firstSegment(text) ? 0 : 0.5);
    if (distant < (best?.distant ?? Number.POSITIVE_INFINITY)) best = { name, distant };
  }
  return best?.name;
}

/** No name in the table is nearly as long. */
const LONGEST = 200;

function firstSegment(text: string): string {
  return text.slice(0, Math.max(0, text.indexOf(".")));
}

function withoutDigits(text: string): string {
  return text.replace(/\d+/g, "");
}
