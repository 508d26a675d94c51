const MODEL = "anthropic.claude-sonnet-4-6";
const messages = [{ role: "user", content: [{ text: "Hello" }] }];

/**
 * What an application does with a routed client, against the endpoints that the environment names. The SDK and the
 * library are handed in, because how they were loaded is the question.
 */
export async function exercise(sdk, library) {
  const common = {
    region: "us-east-1",
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: process.env.SECRET_ACCESS_KEY },
  };
  const client = library.createRoutedClient({
    ...common,
    endpoint: process.env.BEDROCK,
    routing: { policy: "latency" },
  });

  // The first two answers are refused, one of them within the stream.
  const unary = await client.send(new sdk.ConverseCommand({ modelId: MODEL, messages }));
  const streaming = await client.send(new sdk.ConverseStreamCommand({ modelId: MODEL, messages }));
  let text = "";
  for await (const event of streaming.stream) text += event.contentBlockDelta?.delta?.text ?? "";

  const aggregated = await client.converse({ modelId: MODEL, messages });
  const once = library.createRoutedClient({
    ...{ ...common, endpoint: process.env.BEDROCK, maxAttempts: 1 },
    routing: { policy: "latency" },
  });
  const error = await once.converse({ modelId: "us.amazon.nova-2-lite-v1:0", messages }).catch((thrown) => thrown);
  const refusal = await client
    .send(new sdk.ConverseCommand({ modelId: MODEL, messages }), {
      routing: { policy: "latency", residency: { countries: ["CH"] } },
    })
    .catch((thrown) => thrown);

  const jobs = library.createRoutedClient({ ...common, endpoint: process.env.JOBS, routing: { policy: "latency" } });
  const isSdkClient = jobs instanceof sdk.BedrockRuntimeClient;
  const pages = [];
  // The SDK's own condition.
  if (isSdkClient) {
    for await (const page of sdk.paginateListAsyncInvokes({ client: jobs }, {})) {
      pages.push(page.asyncInvokeSummaries.length);
    }
  }
  const morePages = [];
  for await (const page of jobs.paginateListAsyncInvokes?.({}) ?? []) morePages.push(page.asyncInvokeSummaries.length);

  for (const used of [client, once, jobs]) used.destroy();
  return {
    isSdkClient,
    attempts: [unary, streaming].map((output) => library.getRouting(output).attempts.map(({ outcome }) => outcome)),
    text,
    stopReason: aggregated.stopReason,
    error: [error.name, error instanceof sdk.ThrottlingException],
    refusal: [refusal.name, refusal instanceof library.NoRouteError, library.isRoutingError(refusal)],
    pages,
    morePages,
    commandName: sdk.ConverseCommand.name,
  };
}
