/**
 * Residency: prompts stay in Germany and France, or the request is refused before it leaves the process.
 *
 *   npx tsx examples/residency.ts
 */
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient, NoRouteError } from "bedrock-routed-client";
import { createSimulator } from "bedrock-routed-client/simulator";

const simulator = await createSimulator({ timeScale: 0 });
const config = simulator.clientConfig({ region: "eu-central-1" });
const input = {
  modelId: "anthropic.claude-sonnet-4-6",
  messages: [{ role: "user" as const, content: [{ text: "Hello" }] }],
};

// The European Union's Regions, and London and Zurich: AWS's own `eu` geography.
const europe = createRoutedClient({ ...config, routing: { policy: "latency", residency: "eu" } });
const plan = await europe.routing.plan(input.modelId);
console.log("allowed: ", plan.candidates.map(({ route }) => route.modelId).join(", "));
console.log(
  "rejected:",
  plan.rejections
    .filter(({ reason }) => reason === "residency")
    .map(({ route }) => route.modelId)
    .join(", "),
);
await europe.send(new ConverseCommand(input));

// The eu profile may also run in Italy, Spain, Ireland and Sweden: this promise is narrower than any route.
const twoCountries = createRoutedClient({
  ...config,
  routing: { policy: "latency", residency: { countries: ["DE", "FR"] } },
});
try {
  await twoCountries.send(new ConverseCommand(input));
} catch (error) {
  if (!(error instanceof NoRouteError)) throw error;
  console.log(
    `${error.name} (${error.code}): ${error.plan.rejections.find(({ reason }) => reason === "residency")?.detail}`,
  );
}
console.log("requests that reached the service:", simulator.requests().length);

europe.destroy();
twoCountries.destroy();
await simulator.close();
