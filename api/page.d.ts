// The public surface of bedrock-routed-client/page: npm run api -- --write
// from @aws-sdk/client-bedrock-runtime: BedrockRuntime
// from @aws-sdk/client-bedrock-runtime: BedrockRuntimeClient
// from @aws-sdk/client-bedrock-runtime: BedrockRuntimeClientConfig
// from @aws-sdk/client-bedrock-runtime: ServiceInputTypes
// from @aws-sdk/client-bedrock-runtime: ServiceOutputTypes
// from hdr-histogram-js: Histogram
// from node:http: IncomingMessage
// from node:http: ServerResponse

// not exported
interface ActiveCooldown {
    readonly route: Route;
    readonly scope: "route" | "model" | "region";
    readonly serviceTier?: string;
    readonly family: string;
    readonly until: number;
}

// not exported
interface ApplicationProfileFacts {
    readonly model: string;
    readonly destinationRegions: readonly string[];
}

// not exported
type AttemptCause = "first" | "probe" | "failover" | "backup" | "hedge";

// not exported
interface AttemptEvent extends ServiceLevel {
    readonly request: RequestInfo;
    readonly number: number;
    readonly cause: AttemptCause;
    readonly route: Route;
    readonly workload: string;
    readonly streaming: boolean;
    readonly outcome: "succeeded" | FailureKind;
    readonly startedAt: number;
    readonly ttfbMs?: number;
    readonly totalMs?: number;
    readonly usage?: TokenUsage;
    readonly cost?: Cost;
    readonly family?: string;
    readonly errorName?: string;
}

// not exported
interface AttemptStart {
    readonly request: RequestInfo;
    readonly number: number;
    readonly route: Route;
}

// not exported
interface Candidate {
    readonly route: Route;
    readonly reasons: readonly string[];
    readonly ttfbMs: number;
    readonly priorMs: number;
    readonly samples: number;
    readonly relativePrice: number;
    readonly score: number;
    readonly tier: number;
    readonly backupAfterMs?: number;
    readonly doubtfulAfterMs?: number;
    readonly hedgeAfterMs?: number;
    readonly coolingForMs?: number;
}

// not exported
interface Catalog {
    readonly name: string;
    readonly asOf: string;
    profilesOf(model: string): readonly InferenceProfile[];
    profile(id: string): InferenceProfile | undefined;
    inRegionRegions(model: string): readonly string[];
    inRegionIsDoubtful?(model: string, sourceRegion?: string): boolean;
    endOfLife?(model: string, sourceRegion: string): string | undefined;
    isMantleOnly?(model: string): boolean;
    applicationProfile?(arn: string): ApplicationProfileFacts | undefined;
    models(): readonly string[];
}

// not exported
interface CatalogEvent {
    readonly outcome: "refreshed" | "failed";
    readonly sourceRegion: string;
    readonly changed?: boolean;
    readonly operation?: "ListInferenceProfiles" | "ListFoundationModels" | "GetInferenceProfile" | "GetGuardrail";
    readonly reason?: CatalogFailure;
    readonly errorName?: string;
    readonly detail: string;
}

// not exported
type CatalogFailure = "package-missing" | "denied" | "no-credentials" | "not-found" | "throttled" | "timeout" | "unreachable" | "service-error" | "malformed";

// not exported
type CommandOf<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = Parameters<typeof BedrockRuntimeClient.prototype.send<Input, Output>>[0];

// not exported
interface CooldownEvent {
    readonly route: Route;
    readonly scope: "route" | "model" | "region";
    readonly serviceTier?: string;
    readonly family: string;
    readonly forMs: number;
    readonly until: number;
    readonly learned?: true;
}

// not exported
type Cost = {
    readonly known: true;
    readonly usd: number;
    readonly price: TokenPrice;
    readonly tierFactor?: number;
} | {
    readonly known: false;
    readonly reason: UnknownCost;
};

// not exported
interface CostSums {
    readonly usd?: number;
    readonly pricedAnswers: number;
    readonly unpricedAnswers: number;
    readonly alternative?: {
        readonly answers: number;
        readonly usd: number;
        readonly insteadOfUsd: number;
    };
}

// not exported
interface ExtraCost {
    readonly attempts: number;
    readonly ifBilled: {
        readonly known: true;
        readonly usd: number;
    } | Extract<Cost, {
        readonly known: false;
    }>;
}

// not exported
interface ExtraRoute {
    readonly modelId: string;
    readonly destinationRegions?: readonly string[];
}

// not exported
interface ExtraSums {
    readonly attempts: number;
    readonly inputTokensIfBilled: number;
    readonly outputTokensIfBilled: number;
    readonly usdIfBilled?: number;
    readonly pricedAttempts: number;
}

// not exported
type FailureKind = "throttled" | "invalid-route" | "unavailable" | "timeout" | "cancelled" | "rejected";

// not exported
type Geography = KnownGeography | (string & {});

// not exported
type GuardrailRegions = "in-region" | readonly string[];

// not exported
interface HealthSnapshot {
    readonly version: 1;
    readonly takenAt: number;
    readonly routes: readonly TrackSnapshot[];
}

// not exported
interface HistogramSelection {
    readonly of?: "ttfb" | "total";
    readonly workload?: string;
    readonly streaming?: boolean;
    readonly serviceTier?: string;
    readonly latency?: string;
}

// not exported
interface InferenceProfile {
    readonly id: string;
    readonly geography: string;
    readonly model: string;
    readonly destinations: Readonly<Record<string, readonly string[]>>;
    readonly contradictedSourceRegions?: readonly string[];
    readonly assumedSourceRegions?: readonly string[];
}

// not exported
type KnownGeography = "us" | "eu" | "apac" | "jp" | "au" | "ca" | "in" | "us-gov" | "sa" | "mx" | "af" | "me" | "il";

// not exported
interface LabPriorCell {
    readonly sourceRegion: string;
    readonly modelId: string;
    readonly measuredFrom: string | null;
    readonly ttfb: LabPriorFigures | null;
    readonly total: LabPriorFigures | null;
}

// not exported
interface LabPriorFigures {
    readonly count: number;
    readonly p50: number;
    readonly logSpread: number;
}

// not exported
interface LabPriors {
    readonly schema: string;
    readonly version: number;
    readonly simulated: boolean;
    readonly measurements: readonly {
        readonly finishedAt: string;
    }[];
    readonly cells: readonly LabPriorCell[];
}

// not exported
interface LiveCatalogOptions {
    readonly refreshMs?: number;
    readonly firstWaitMs?: number;
    readonly endpoints?: Readonly<Record<string, string>>;
}

// not exported
interface LongContext {
    readonly aboveInputTokens: number;
    readonly inputFactor: number;
    readonly outputFactor: number;
}

// not exported
interface ModelPrice {
    readonly kind?: Exclude<RouteKind, "provisioned">;
    readonly sourceRegions?: readonly string[];
    readonly usdPerMillionTokens: UsdPerMillionTokens;
}

// not exported
interface Percentiles {
    readonly count: number;
    readonly min: number;
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
}

// not exported
interface Plan {
    readonly model: string;
    readonly homeRegion: string;
    readonly policy: ResolvedPolicy;
    readonly candidates: readonly Candidate[];
    readonly rejections: readonly Rejection[];
    readonly unlisted?: true;
    readonly remarks: readonly string[];
    readonly catalog: string;
}

// not exported
interface Rejection {
    readonly route: Route;
    readonly reason: RejectionReason;
    readonly detail: string;
}

// not exported
type RejectionReason = "residency" | "guardrail" | "not-a-source-region" | "boundary" | "pinned" | "replaced" | "other-model" | "other-route";

// not exported
interface RequestCost {
    readonly answer: Cost;
    readonly alternative?: {
        readonly route: Route;
        readonly cost: Cost;
    };
    readonly extra?: ExtraCost;
}

// not exported
interface RequestEvent {
    readonly request: RequestInfo;
    readonly outcome: "succeeded" | FailureKind | "no-route";
    readonly route?: Route;
    readonly attempts: number;
    readonly ttfbMs?: number;
    readonly totalMs: number;
    readonly usage?: TokenUsage;
    readonly cost?: Omit<RequestCost, "alternative">;
    readonly family?: string;
    readonly errorName?: string;
}

// not exported
interface RequestInfo extends ServiceLevel {
    readonly operation: string;
    readonly workload: string;
    readonly streaming: boolean;
    readonly startedAt: number;
    readonly plan: Plan;
    readonly defaultRoute?: Route;
}

// not exported
interface RequestRoutingOptions {
    readonly policy?: RoutingOptions["policy"];
    readonly residency?: Residency;
    readonly priceWeight?: number;
    readonly workload?: string;
    readonly route?: "off" | (string & {});
}

// not exported
type Residency = "any" | "home" | Geography | readonly Geography[] | {
    readonly regions: readonly string[];
} | {
    readonly countries: readonly string[];
};

// not exported
interface ResolvedPolicy {
    readonly prefer: RoutePreference;
    readonly priceWeight: number;
    readonly residency: ResolvedResidency;
}

// not exported
interface ResolvedResidency {
    readonly label: string;
    readonly regions: "any" | readonly string[];
    readonly geographies?: readonly string[];
}

// not exported
interface Route {
    readonly key: string;
    readonly sourceRegion: string;
    readonly modelId: string;
    readonly model: string;
    readonly kind: RouteKind;
    readonly geography: string;
    readonly destinationRegions: readonly string[];
}

// not exported
interface RouteHistogram {
    readonly totalCount: number;
    readonly minNonZeroValue: number;
    readonly maxValue: number;
    readonly mean: number;
    getValueAtPercentile(percentile: number): number;
    toHdr(): Promise<Histogram>;
}

// not exported
type RouteKind = "in-region" | "geographic" | "global" | "application" | "provisioned";

// not exported
type RoutePreference = "latency" | "cost" | "throughput";

// not exported
interface RouteStats extends ServiceLevel {
    readonly route: Route;
    readonly workload: string;
    readonly streaming: boolean;
    readonly ttfb: Percentiles;
    readonly total: Percentiles;
    readonly attempts: number;
    readonly successes: number;
    readonly failures: Readonly<Record<FailureKind, number>>;
    readonly probes: number;
    readonly backups: {
        readonly started: number;
        readonly won: number;
    };
    readonly tokens?: TokenSums;
    readonly outputTokensPerSecond?: number;
    readonly cost?: CostSums;
    readonly extra?: ExtraSums;
    readonly cooldownUntil?: number;
}

// not exported
type RoutedBedrockRuntime = RoutedOperations & BedrockRuntime;

// not exported
interface RoutedBedrockRuntimeClient extends RoutedBedrockRuntime {
    readonly routing: Routing;
    send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(command: CommandOf<Input, Output>, options?: SendOptions): Promise<Output>;
    send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(command: CommandOf<Input, Output>, callback: (error: unknown, data?: Output) => void): void;
    send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(command: CommandOf<Input, Output>, options: SendOptions, callback: (error: unknown, data?: Output) => void): void;
    destroy(): void;
}
declare const RoutedBedrockRuntimeClient: RoutedBedrockRuntimeClientConstructor;

// not exported
interface RoutedBedrockRuntimeClientConstructor {
    new (config: RoutedClientConfig): RoutedBedrockRuntimeClient;
    readonly prototype: RoutedBedrockRuntimeClient;
}

// not exported
interface RoutedClientConfig extends BedrockRuntimeClientConfig {
    readonly routing: RoutingOptions | false;
}

// not exported
type RoutedOperation<Method> = Method extends {
    (args: infer Input, options?: infer _Options): Promise<infer Output>;
    (args: infer _Input, callback: infer Callback): void;
    (args: infer _Same, options: infer _Others, callback: infer _Callback): void;
} ? {
    (args: Input, options: SendOptions): Promise<Output>;
    (args: Input, options: SendOptions, callback: Callback): void;
} & Method : Method;

// not exported
type RoutedOperations = {
    readonly [Name in Exclude<keyof BedrockRuntime, keyof BedrockRuntimeClient>]: RoutedOperation<BedrockRuntime[Name]>;
};

// not exported
interface Routing {
    plan(modelIdOrCommand: string | {
        readonly input: object;
    }, overrides?: RequestRoutingOptions): Promise<Plan>;
    stats(): RouteStats[];
    histogram(routeKey: string, selection?: HistogramSelection): RouteHistogram | undefined;
    window(options?: WindowOptions): RoutingWindow;
    state(): RoutingState;
    reset(): void;
    snapshot(): HealthSnapshot;
    restore(snapshot: HealthSnapshot): void;
    flush(): Promise<void>;
    on<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
    off<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
    trace(tracer: RoutingTracer): () => void;
}

// not exported
interface RoutingEvents {
    readonly plan: {
        readonly plan: Plan;
    };
    readonly attempt: AttemptEvent;
    readonly request: RequestEvent;
    readonly failover: {
        readonly request: RequestInfo;
        readonly from: Route;
        readonly to: Route;
        readonly kind: FailureKind;
        readonly family: string;
    };
    readonly backup: {
        readonly request: RequestInfo;
        readonly from: Route;
        readonly to: Route;
        readonly because: "late" | "doubtful" | "hedge";
        readonly afterMs: number;
    };
    readonly cooldown: CooldownEvent;
    readonly catalog: CatalogEvent;
    readonly store: StoreEvent;
}

// not exported
type RoutingListener<Name extends keyof RoutingEvents> = (event: RoutingEvents[Name]) => void;

// not exported
interface RoutingOptions {
    readonly policy: "latency" | "cost" | "throughput" | "residency";
    readonly residency?: Residency;
    readonly priceWeight?: number;
    readonly profileIds?: "boundary" | "model";
    readonly sourceRegions?: readonly string[];
    readonly endpoints?: Readonly<Record<string, string>>;
    readonly routes?: Readonly<Record<string, readonly ExtraRoute[]>>;
    readonly guardrails?: GuardrailRegions | Readonly<Record<string, GuardrailRegions>>;
    readonly prices?: Readonly<Record<string, readonly ModelPrice[]>>;
    readonly backupAfterMs?: number | "adaptive" | false;
    readonly hedgeAfterMs?: number | "adaptive" | false;
    readonly catalog?: "auto" | "bundled" | "live" | {
        readonly live: LiveCatalogOptions;
    } | Catalog;
    readonly priors?: string | LabPriors;
    readonly workload?: string;
    readonly store?: RoutingStore;
}

interface RoutingPage {
    (request: Request): Promise<Response>;
    readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
    close(): void;
}

// not exported
interface RoutingState {
    readonly cooldowns: readonly ActiveCooldown[];
    readonly budgets: {
        readonly retry: number;
        readonly backup: number;
        readonly hedge: number;
    };
}

// not exported
interface RoutingStore {
    readonly namespace: string;
    exchange(batch: StoreBatch, signal: AbortSignal): Promise<StoreReply>;
}

// not exported
interface RoutingTracer {
    request(request: RequestInfo, send: () => void): void;
    attempt(attempt: AttemptStart, send: () => void): void;
}

// not exported
interface RoutingWindow {
    stats(): RouteStats[];
    histogram(routeKey: string, selection?: HistogramSelection): RouteHistogram | undefined;
    take(): RouteStats[];
    close(): void;
}

// not exported
type SendOptions = Parameters<BedrockRuntime["converse"]>[1] & {
    readonly routing?: RequestRoutingOptions;
};

// not exported
interface ServiceLevel {
    readonly serviceTier?: string;
    readonly latency?: string;
}

// not exported
interface Slice extends ServiceLevel {
    readonly workload: string;
    readonly streaming: boolean;
}

// not exported
interface StoreBatch {
    readonly add: readonly {
        readonly key: string;
        readonly field: string;
        readonly by: number;
    }[];
    readonly set: readonly {
        readonly key: string;
        readonly field: string;
        readonly value: string;
    }[];
    readonly expire: readonly {
        readonly key: string;
        readonly afterMs: number;
    }[];
    readonly read: readonly string[];
}

// not exported
interface StoreEvent {
    readonly outcome: "reached" | "lost";
    readonly namespace: string;
    readonly reason?: StoreFailureReason;
}

// not exported
type StoreFailureReason = "denied" | "read-only" | "out-of-memory" | "wrong-type" | "moved" | "unusable-reply" | "gave-up" | "error";

// not exported
interface StoreReply {
    readonly timeMs: number | undefined;
    readonly hashes: readonly Readonly<Record<string, string>>[];
}

// not exported
interface TokenPrice {
    readonly usdPerMillionInputTokens: number;
    readonly usdPerMillionOutputTokens: number;
    readonly usdPerMillionCacheReadTokens?: number;
    readonly usdPerMillionCacheWriteTokens?: number;
    readonly usdPerMillionCacheWrite1hTokens?: number;
    readonly longContext?: LongContext;
    readonly source: string;
    readonly asOf?: string;
}

// not exported
interface TokenSums {
    readonly answers: number;
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
}

// not exported
interface TokenUsage extends ServiceLevel {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cacheReadInputTokens?: number;
    readonly cacheWriteInputTokens?: number;
    readonly cacheWrite1hInputTokens?: number;
}

// not exported
interface TrackSnapshot extends Slice {
    readonly route: Route;
    readonly attempts: number;
    readonly successes: number;
    readonly failures: Readonly<Record<FailureKind, number>>;
    readonly ttfb: string;
    readonly total: string;
    readonly recent: readonly number[];
    readonly waits?: readonly number[];
    readonly recentAgeMs: number;
    readonly usage?: readonly number[];
}

// not exported
type UnknownCost = "no-usage" | "no-price" | "no-cache-price" | "not-standard" | "paid-by-hour";

// not exported
interface UsdPerMillionTokens {
    readonly input: number;
    readonly output: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
    readonly cacheWrite1h?: number;
}

// not exported
interface WindowOptions {
    readonly lastMs?: number;
}

declare function routingPage(client: RoutedBedrockRuntimeClient): RoutingPage;
