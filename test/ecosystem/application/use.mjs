const MODEL = "anthropic.claude-sonnet-4-6";
const messages = [{ role: "user", content: [{ text: "Hello" }] }];

/** Plans, sends, fails over and asks AWS what exists, against a simulator of its own. */
export async function use(sdk, library) {
  const simulator = await library.createSimulator({ timeScale: 0, answer: () => "A short answer." });
  const config = { ...simulator.clientConfig({ region: "eu-central-1" }), maxAttempts: 2 };
  const client = library.createRoutedClient({ ...config, routing: { policy: "latency" } });
  const plan = await client.routing.plan(MODEL);

  simulator.rule({ match: { modelId: plan.candidates[0].route.modelId }, fault: { kind: "throttle" }, times: 1 });
  const output = await client.send(new sdk.ConverseStreamCommand({ modelId: MODEL, messages }));
  let text = "";
  for await (const event of output.stream) text += event.contentBlockDelta?.delta?.text ?? "";
  const attempts = library.getRouting(output).attempts.map(({ route, outcome }) => [route.modelId, outcome]);

  simulator.rule({ match: { modelId: `eu.${MODEL}` }, fault: { kind: "throttle" }, times: 2 });
  const error = await client
    .send(new sdk.ConverseCommand({ modelId: `eu.${MODEL}`, messages }))
    .catch((thrown) => thrown);

  const live = new library.RoutedBedrockRuntimeClient({ ...config, routing: { policy: "latency", catalog: "live" } });
  const catalog = [];
  live.routing.on("catalog", ({ outcome, reason }) => catalog.push(reason ?? outcome));
  const answer = await live.converse({ modelId: MODEL, messages });

  for (const used of [client, live]) used.destroy();
  await simulator.close();
  return {
    candidates: plan.candidates.map(({ route }) => route.modelId),
    attempts,
    text,
    error: [error.name, error instanceof sdk.ThrottlingException],
    isRouted: client instanceof library.RoutedBedrockRuntimeClient,
    catalog,
    stopReason: answer.stopReason,
  };
}
