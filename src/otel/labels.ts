import type { RequestEvent } from "../types/events.ts";
import { withoutAccount } from "../util/arn.ts";
import { OTHER } from "./names.ts";

/** Distinct values of one attribute in metrics. */
const MAX_VALUES = 100;

/**
 * The values of one attribute: the first hundred as they are, all others as one. What callers choose, such as a model id
 * or a workload, can so never make more series than that.
 */
export class Vocabulary {
  readonly #known: Set<string> = new Set();

  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= MAX_VALUES) return OTHER;
    this.#known.add(value);
    return value;
  }
}

/** A model for people: of an ARN what kind of resource it is, because the rest names an account and a resource in it. */
export function modelName(model: string): string {
  return model.startsWith("arn:") ? (withoutAccount(model).split("/")[0] ?? OTHER) : model;
}

/** `gen_ai.operation.name`. One API operation of Bedrock serves models of every sort, so the model tells more. */
export function operationName(model: string): string {
  const [, name] = SORTS.find(([sort]) => sort.test(model)) ?? [];
  return name ?? "chat";
}

const SORTS: readonly (readonly [RegExp, string])[] = [
  [/embed/, "embeddings"],
  [/rerank/, "rerank"],
  [/canvas|image|stability\.|reel|luma\./, "generate_content"],
];

/** Whether the default route answered; undefined when none did, or there is none. */
export function isDefaultRoute({ route, request: { defaultRoute } }: RequestEvent): boolean | undefined {
  return route === undefined || defaultRoute === undefined ? undefined : route.key === defaultRoute.key;
}
