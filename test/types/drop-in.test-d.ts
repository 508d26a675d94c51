// Compiled by the type check and never run: what a caller's code may say to a routed client, and what it may not.
import {
  ApplyGuardrailCommand,
  type ApplyGuardrailCommandOutput,
  type BedrockRuntime,
  type BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type ConverseStreamCommandOutput,
  CountTokensCommand,
  type CountTokensCommandOutput,
  GetAsyncInvokeCommand,
  type GetAsyncInvokeCommandOutput,
  InvokeModelCommand,
  type InvokeModelCommandInput,
  type InvokeModelCommandOutput,
  InvokeModelWithBidirectionalStreamCommand,
  type InvokeModelWithBidirectionalStreamCommandOutput,
  InvokeModelWithResponseStreamCommand,
  type InvokeModelWithResponseStreamCommandOutput,
  ListAsyncInvokesCommand,
  type ListAsyncInvokesCommandOutput,
  paginateListAsyncInvokes,
  StartAsyncInvokeCommand,
  type StartAsyncInvokeCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
import {
  createRoutedClient,
  type FailureKind,
  getRouting,
  isRoutingError,
  NoRouteError,
  type Plan,
  type RequestRoutingOptions,
  RoutedBedrockRuntimeClient,
  type RoutingErrorCode,
  type RoutingReport,
} from "bedrock-routed-client";

declare const routed: RoutedBedrockRuntimeClient;
declare const sdkConfig: BedrockRuntimeClientConfig;
declare const whatever: never;

/** Compiles only when both types are the same. */
function same<A, B>(_same: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never): void {}

export function isAClientOfTheSdk(): void {
  const client: BedrockRuntimeClient = routed;
  const aggregated: BedrockRuntime = routed;
  const made: RoutedBedrockRuntimeClient = createRoutedClient({ ...sdkConfig, routing: { policy: "latency" } });
  paginateListAsyncInvokes({ client: routed }, {});
  takesAnyClient(routed);
  void [client, aggregated, made];
}

function takesAnyClient<Client extends BedrockRuntimeClient>(client: Client): Client["config"] {
  return client.config;
}

export async function outputsAreThoseOfTheCommand(): Promise<void> {
  const converse = await routed.send(new ConverseCommand(whatever as ConverseCommandInput));
  same<typeof converse, ConverseCommandOutput>(true);
  const stream = await routed.send(new ConverseStreamCommand(whatever as ConverseStreamCommandInput));
  same<typeof stream, ConverseStreamCommandOutput>(true);
  const invoked = await routed.send(new InvokeModelCommand(whatever as InvokeModelCommandInput));
  same<typeof invoked, InvokeModelCommandOutput>(true);
  const chunks = await routed.send(new InvokeModelWithResponseStreamCommand(whatever));
  same<typeof chunks, InvokeModelWithResponseStreamCommandOutput>(true);
  const speech = await routed.send(new InvokeModelWithBidirectionalStreamCommand(whatever));
  same<typeof speech, InvokeModelWithBidirectionalStreamCommandOutput>(true);
  const counted = await routed.send(new CountTokensCommand(whatever));
  same<typeof counted, CountTokensCommandOutput>(true);
  const guarded = await routed.send(new ApplyGuardrailCommand(whatever));
  same<typeof guarded, ApplyGuardrailCommandOutput>(true);
  const started = await routed.send(new StartAsyncInvokeCommand(whatever));
  same<typeof started, StartAsyncInvokeCommandOutput>(true);
  const job = await routed.send(new GetAsyncInvokeCommand(whatever));
  same<typeof job, GetAsyncInvokeCommandOutput>(true);
  const jobs = await routed.send(new ListAsyncInvokesCommand({}));
  same<typeof jobs, ListAsyncInvokesCommandOutput>(true);
  const aggregated = await routed.converse(whatever as ConverseCommandInput);
  same<typeof aggregated, ConverseCommandOutput>(true);
  // @ts-expect-error the output of Converse has no stream
  void converse.stream;
  // @ts-expect-error a command needs its input
  void new ConverseCommand();
}

export function callbacksAreTyped(): void {
  const command = new ConverseCommand(whatever as ConverseCommandInput);
  const returned = routed.send(command, (error, output) => {
    same<typeof error, unknown>(true);
    same<typeof output, ConverseCommandOutput | undefined>(true);
  });
  same<typeof returned, void>(true);
  routed.send(command, { requestTimeout: 1, routing: { workload: "chat" } }, (_error, output) => output?.usage);
}

export async function requestOptionsAreTyped(): Promise<void> {
  const command = new ConverseCommand(whatever as ConverseCommandInput);
  const { signal } = new AbortController();
  await routed.send(command, { abortSignal: signal, requestTimeout: 1_000 });
  await routed.send(command, { routing: { policy: "cost", workload: "batch" } });
  await routed.send(command, { routing: { residency: ["eu", "us"], priceWeight: 0 } });
  const options: RequestRoutingOptions = { residency: { countries: ["DE"] } };
  await routed.send(command, { abortSignal: signal, routing: options });
  // @ts-expect-error no such option of the SDK
  await routed.send(command, { abortSignals: signal });
  // @ts-expect-error no such option of ours
  await routed.send(command, { routing: { polcy: "cost" } });
  // @ts-expect-error no such policy
  await routed.send(command, { routing: { policy: "fastest" } });
  // @ts-expect-error source Regions belong to the client
  await routed.send(command, { routing: { sourceRegions: ["eu-west-1"] } });
  // @ts-expect-error a Region list stands under regions
  await routed.send(command, { routing: { residency: { region: ["eu-west-1"] } } });
}

export async function aggregatedMethodsTakeRouting(): Promise<void> {
  const input = whatever as ConverseCommandInput;
  const { signal } = new AbortController();
  const converse = await routed.converse(input, { routing: { workload: "chat" } });
  same<typeof converse, ConverseCommandOutput>(true);
  const stream = await routed.converseStream(whatever, { abortSignal: signal, routing: { policy: "cost" } });
  same<typeof stream, ConverseStreamCommandOutput>(true);
  const invoked = await routed.invokeModel(whatever, { requestTimeout: 1, routing: {} });
  same<typeof invoked, InvokeModelCommandOutput>(true);
  const chunks = await routed.invokeModelWithResponseStream(whatever, { routing: {} });
  same<typeof chunks, InvokeModelWithResponseStreamCommandOutput>(true);
  const guarded = await routed.applyGuardrail(whatever, { routing: { residency: "eu" } });
  same<typeof guarded, ApplyGuardrailCommandOutput>(true);
  const jobs = await routed.listAsyncInvokes({}, { routing: {} });
  same<typeof jobs, ListAsyncInvokesCommandOutput>(true);
  await routed.listAsyncInvokes();
  const returned = routed.converse(input, { routing: {} }, (_error, output) => {
    same<typeof output, ConverseCommandOutput | undefined>(true);
  });
  same<typeof returned, void>(true);
  routed.converse(input, (_error, output) => void output?.usage);
  // @ts-expect-error no such option of ours
  await routed.converse(input, { routing: { polcy: "cost" } });
  // @ts-expect-error no such option of the SDK
  await routed.converse(input, { abortSignals: signal });
  // @ts-expect-error a plain client takes no routing
  await (routed as BedrockRuntime).converse(input, { routing: {} });
}

export function isAClass(value: unknown): string | undefined {
  class Tenant extends RoutedBedrockRuntimeClient {
    constructor() {
      super({ region: "eu-west-1", routing: { policy: "latency" } });
    }
  }
  const made: RoutedBedrockRuntimeClient = new Tenant();
  const token: { readonly prototype: BedrockRuntimeClient } = RoutedBedrockRuntimeClient;
  void [made, token];
  // @ts-expect-error routing is required
  new RoutedBedrockRuntimeClient({ region: "eu-west-1" });
  return value instanceof RoutedBedrockRuntimeClient ? value.routing.stats()[0]?.route.key : undefined;
}

export function clientOptionsAreTyped(): void {
  createRoutedClient({ routing: { policy: "throughput", residency: "home" } });
  createRoutedClient({ region: async () => "eu-west-1", maxAttempts: 2, routing: { policy: "residency" } });
  createRoutedClient({
    routing: {
      policy: "latency",
      sourceRegions: ["eu-west-1"],
      endpoints: { "eu-west-1": "https://vpce.example" },
      routes: { "anthropic.claude-sonnet-4-6": [{ modelId: "arn:…", destinationRegions: ["eu-west-1"] }] },
      catalog: "bundled",
      workload: "chat",
    },
  });
  // @ts-expect-error routing is required
  createRoutedClient({ region: "eu-west-1" });
  // @ts-expect-error the policy is required
  createRoutedClient({ routing: {} });
  // @ts-expect-error no such option of the SDK
  createRoutedClient({ regions: "eu-west-1", routing: { policy: "latency" } });
  // @ts-expect-error no such option of ours
  createRoutedClient({ routing: { policy: "latency", sourceRegion: "eu-west-1" } });
  // @ts-expect-error a number of attempts
  createRoutedClient({ maxAttempts: "3", routing: { policy: "latency" } });
}

export async function whatItTellsIsReadOnly(): Promise<void> {
  const plan: Plan = await routed.routing.plan("anthropic.claude-sonnet-4-6", { policy: "cost" });
  await routed.routing.plan(new ConverseCommand(whatever as ConverseCommandInput));
  // @ts-expect-error plans are frozen
  plan.candidates.push(whatever);
  // @ts-expect-error and so are their values
  plan.homeRegion = "eu-west-1";
  // @ts-expect-error a modelId or a command
  await routed.routing.plan(5);
  const report: RoutingReport | undefined = getRouting(await routed.send(new ListAsyncInvokesCommand({})));
  const outcome = report?.attempts[0]?.outcome;
  same<typeof outcome, "succeeded" | FailureKind | undefined>(true);
  // @ts-expect-error statistics belong to the client
  routed.routing.stats()[0].attempts = 0;
  // @ts-expect-error the client keeps its routing
  routed.routing = whatever;
}

export function eventsAreTyped(): void {
  routed.routing.on("attempt", ({ route, ttfbMs }) => {
    same<typeof ttfbMs, number | undefined>(true);
    same<typeof route.modelId, string>(true);
  });
  routed.routing.on("failover", ({ from, to }) => void [from.key, to.key]);
  routed.routing.off("cooldown", ({ forMs }) => void forMs);
  // @ts-expect-error no such event
  routed.routing.on("attempts", () => {});
  // @ts-expect-error an attempt holds no error object: its text may quote the request
  routed.routing.on("attempt", ({ error }) => error);
}

export function errorsAreTold(error: unknown): RoutingErrorCode | undefined {
  if (error instanceof NoRouteError) void error.plan.rejections;
  return isRoutingError(error) ? error.code : undefined;
}
