import type { SimulatedClientConfig } from "../../src/simulator/index.ts";

/** What a process of the fleet is started with. */
export interface WorkerOptions {
  readonly enginePort: number;
  readonly config: SimulatedClientConfig;
  readonly modelId: string;
  readonly everyMs: number;
}

/** What it tells. */
export type Told =
  | { readonly kind: "store"; readonly outcome: "reached" | "lost"; readonly reason: string }
  | {
      readonly kind: "request";
      /** Wall-clock start. */
      readonly at: number;
      /** Until there was content. */
      readonly tookMs: number;
      /** The keys of the routes, in the order in which they were tried. */
      readonly tried: readonly string[];
      readonly error: string | undefined;
    };
