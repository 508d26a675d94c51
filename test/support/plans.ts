import { createRoutedClient } from "../../src/client/create-routed-client.ts";
import type { RoutingOptions } from "../../src/options/options.ts";
import type { Plan } from "../../src/types/plan.ts";

/** The plan that a client in the home Region makes for a model, from the bundled table. No network call. */
export async function planFor(model: string, region: string, routing: Partial<RoutingOptions> = {}): Promise<Plan> {
  const client = createRoutedClient({ region, routing: { policy: "latency", ...routing } });
  try {
    return await client.routing.plan(model);
  } finally {
    client.destroy();
  }
}
