import type { FailureScope } from "../types/failure.ts";
import type { FailureKind, Route } from "../types/route.ts";
import type { ErrorText } from "./error-text.ts";
import type { FailureFamily } from "./failure-family.ts";

/** What the error alone does not tell. */
export interface ClassifyContext {
  /** The caller's own abort signal fired. */
  readonly aborted: boolean;
  /** The route's source Region is not the home Region: what the caller set up at home may be missing there. */
  readonly movedRegion: boolean;
  readonly route: Route;
}

/** One way to recognise a failure. All that the row states must hold. */
export interface FailureRow extends Condition {
  readonly kind: FailureKind;
  readonly scope: FailureScope;
  readonly family: FailureFamily;
}

/** What must hold of an error. */
export interface Condition {
  /** Against the normalised message: lower case, without wrappers. Anchored, so that words of the caller quoted in it miss. */
  readonly text?: RegExp;
  readonly name?: RegExp;
  readonly code?: RegExp;
  readonly status?: readonly [from: number, to: number];
  readonly when?: (error: ErrorText, context: ClassifyContext) => boolean;
  /** Holds only until a cause says more. */
  readonly vague?: true;
}

/** Rows with the same verdict: any of the conditions leads to it. */
export function on(
  verdict: `${FailureKind} ${FailureScope} ${FailureFamily}`,
  ...conditions: Condition[]
): FailureRow[] {
  const [kind, scope, family] = verdict.split(" ") as [FailureKind, FailureScope, FailureFamily];
  return conditions.map((condition) => ({ kind, scope, family, ...condition }));
}
