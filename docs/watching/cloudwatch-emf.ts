import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { RoutedBedrockRuntimeClient } from "bedrock-routed-client";

const models = new Set<string>();

/** Writes a line of CloudWatch's embedded metric format for every request. In Lambda, that is all it takes. */
export function emitRouting({ routing }: RoutedBedrockRuntimeClient, namespace = "Bedrock"): void {
  routing.on("request", ({ request, route, outcome, attempts, ttfbMs, totalMs, usage, cost }) => {
    const metrics = new Metrics({ namespace, serviceName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? "local" });
    const { model } = request.plan;
    // Every combination of values is billed as a metric of its own: few values, and no ARNs of profiles.
    if (models.size < 20) models.add(model.startsWith("arn:") ? "arn" : model);
    metrics.addDimensions({
      Model: model.startsWith("arn:") ? "arn" : models.has(model) ? model : "other",
      Geography: route?.geography ?? "none",
    });
    metrics.addMetric("Requests", MetricUnit.Count, 1);
    metrics.addMetric("Errors", MetricUnit.Count, outcome === "succeeded" || outcome === "cancelled" ? 0 : 1);
    metrics.addMetric("FurtherAttempts", MetricUnit.Count, Math.max(0, attempts - 1));
    const isAway = route !== undefined && request.defaultRoute !== undefined && route.key !== request.defaultRoute.key;
    metrics.addMetric("AwayFromDefault", MetricUnit.Count, isAway ? 1 : 0);
    metrics.addMetric("Duration", MetricUnit.Milliseconds, totalMs);
    if (ttfbMs !== undefined) metrics.addMetric("TimeToFirstByte", MetricUnit.Milliseconds, ttfbMs);
    if (usage !== undefined) metrics.addMetric("InputTokens", MetricUnit.Count, usage.inputTokens);
    if (usage !== undefined) metrics.addMetric("OutputTokens", MetricUnit.Count, usage.outputTokens);
    if (cost?.answer.known) metrics.addMetric("CostUSD", MetricUnit.NoUnit, cost.answer.usd);
    // What is searched for and not added up: costs nothing as metadata.
    if (route !== undefined) metrics.addMetadata("sourceRegion", route.sourceRegion);
    metrics.addMetadata("outcome", outcome);
    metrics.publishStoredMetrics();
  });
}
