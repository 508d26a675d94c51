import type { Route, RoutedBedrockRuntimeClient } from "bedrock-routed-client";
import { Counter, Gauge, Histogram, type Registry, Summary } from "prom-client";

/** Seconds. Most first tokens come within 0.3 to 3 seconds, so the buckets are narrow there. */
const BUCKETS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10, 20, 40];
const ROUTE = ["gen_ai_request_model", "bedrock_route_source_region", "bedrock_route_kind", "bedrock_route_geography"];

/** Registers metrics of a client, under the names that the exporters of OpenTelemetry give them. */
export function registerRouting({ routing }: RoutedBedrockRuntimeClient, registry: Registry): void {
  const registers = [registry];
  const counter = (name: string, help: string, ...more: string[]) => {
    const labelNames = [...ROUTE, ...more.map((label) => `bedrock_route_${label}`)];
    return new Counter({ name: `bedrock_route_${name}_total`, help, labelNames, registers });
  };
  const histogram = (name: string, help: string, buckets: number[], ...more: string[]) =>
    new Histogram({ name: `gen_ai_${name}`, help, labelNames: [...ROUTE, ...more], buckets, registers });
  const requests = counter("requests", "Requests that are over", "outcome", "default");
  const attempts = counter("attempts", "Attempts that have ended", "outcome", "family", "cause");
  const failovers = counter("failovers", "Requests that went on to another route", "family");
  const cost = counter("cost", "Estimated US dollars of answers whose price is known", "cost_type");
  const firstToken = histogram("server_time_to_first_token_seconds", "First event of an attempt", BUCKETS);
  const duration = histogram("client_operation_duration_seconds", "Request to end of answer", BUCKETS, "error_type");
  const usage = histogram("client_token_usage", "Tokens", [4, 64, 1024, 16384, 262144], "gen_ai_token_type");

  routing.on("request", (event) => {
    const { request, route, outcome, errorName = "", totalMs } = event;
    const labels = labelsOf(route ?? { model: request.plan.model });
    const { defaultRoute } = request;
    const isDefault = route && defaultRoute ? String(route.key === defaultRoute.key) : "";
    requests.inc({ ...labels, bedrock_route_outcome: outcome, bedrock_route_default: isDefault });
    duration.observe({ ...labels, error_type: errorName }, totalMs / 1_000);
    if (event.usage !== undefined) {
      usage.observe({ ...labels, gen_ai_token_type: "input" }, event.usage.inputTokens);
      usage.observe({ ...labels, gen_ai_token_type: "output" }, event.usage.outputTokens);
    }
    const answer = event.cost?.answer;
    if (answer?.known) cost.inc({ ...labels, bedrock_route_cost_type: "answer" }, answer.usd);
  });
  routing.on("attempt", ({ route, outcome, family = "", cause, streaming, ttfbMs }) => {
    const ended = { bedrock_route_outcome: outcome, bedrock_route_family: family, bedrock_route_cause: cause };
    attempts.inc({ ...labelsOf(route), ...ended });
    if (streaming && ttfbMs !== undefined) firstToken.observe(labelsOf(route), ttfbMs / 1_000);
  });
  routing.on("failover", ({ from, family }) => failovers.inc({ ...labelsOf(from), bedrock_route_family: family }));

  const gauge = (name: string, help: string, label: string, read: () => readonly (readonly [string, number])[]) =>
    new Gauge({
      ...{ name: `bedrock_route_${name}`, help, labelNames: [`bedrock_route_${label}`], registers },
      collect() {
        this.reset();
        for (const [value, amount] of read()) this.inc({ [`bedrock_route_${label}`]: value }, amount);
      },
    });
  gauge("budget_remaining", "Share of a budget that is left", "budget", () => Object.entries(routing.state().budgets));
  gauge("cooldown_active", "Cooldowns that have not ended", "family", () =>
    routing.state().cooldowns.map(({ family }) => [family, 1]),
  );

  // The percentiles of the last five minutes, from HDR histograms: exact, but of this process alone.
  const lastFive = routing.window({ lastMs: 5 * 60_000 });
  class Recent extends Summary<string> {
    override async get() {
      const streams = lastFive.stats().filter(({ streaming }) => streaming);
      const values = streams.flatMap(({ route, ttfb: { p50, p90, p99 } }) =>
        Object.entries({ 0.5: p50, 0.9: p90, 0.99: p99 }).map(([quantile, ms]) => {
          return { labels: { ...labelsOf(route), quantile }, value: ms / 1_000 };
        }),
      );
      return { ...(await super.get()), values };
    }
  }
  new Recent({ name: "bedrock_route_first_byte_seconds", help: "Of five minutes", labelNames: ROUTE, registers });
}

/** At most a hundred, and no ARNs of profiles: each would be a series of its own, and callers can make ids up. */
const models = new Set<string>();
function modelLabel(model: string): string {
  if (model.startsWith("arn:")) return "arn";
  if (models.size < 100) models.add(model);
  return models.has(model) ? model : "_OTHER";
}

function labelsOf({ model = "", sourceRegion = "", kind, geography = "" }: Partial<Route>) {
  return {
    gen_ai_request_model: modelLabel(model),
    bedrock_route_source_region: sourceRegion,
    bedrock_route_kind: kind ?? "",
    bedrock_route_geography: geography,
  };
}
