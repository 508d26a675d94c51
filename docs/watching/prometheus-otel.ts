import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { RoutedBedrockRuntimeClient } from "bedrock-routed-client";
import { instrumentRouting } from "bedrock-routed-client/otel";

/** Serves the metrics of a client at `http://localhost:9464/metrics`. */
export async function servePrometheus(client: RoutedBedrockRuntimeClient, port = 9464): Promise<MeterProvider> {
  const exporter = new PrometheusExporter({ port, preventServerStart: true, withoutScopeInfo: true });
  const provider = new MeterProvider({ readers: [exporter] });
  instrumentRouting(client, { meter: provider.getMeter("bedrock-routed-client") });
  await exporter.startServer();
  return provider;
}
