// The public surface of bedrock-routed-client/log: npm run api -- --write

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

interface EventDescription {
    readonly level: LogLevel;
    readonly message: string;
    readonly fields: Readonly<Record<string, string | number | boolean>>;
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
type FailureKind = "throttled" | "invalid-route" | "unavailable" | "timeout" | "cancelled" | "rejected";

type LogLevel = "debug" | "info" | "warn";

interface LoggedClient {
    readonly routing: {
        on<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
        off<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
    };
}

// not exported
interface LongContext {
    readonly aboveInputTokens: number;
    readonly inputFactor: number;
    readonly outputFactor: number;
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
type RouteKind = "in-region" | "geographic" | "global" | "application" | "provisioned";

// not exported
type RoutePreference = "latency" | "cost" | "throughput";

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
interface ServiceLevel {
    readonly serviceTier?: string;
    readonly latency?: string;
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
interface TokenUsage extends ServiceLevel {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cacheReadInputTokens?: number;
    readonly cacheWriteInputTokens?: number;
    readonly cacheWrite1hInputTokens?: number;
}

// not exported
type UnknownCost = "no-usage" | "no-price" | "no-cache-price" | "not-standard" | "paid-by-hour";

declare function describeEvent<Name extends keyof RoutingEvents>(name: Name, event: RoutingEvents[Name]): EventDescription;

declare function logRouting(client: LoggedClient, write: (description: EventDescription) => void, { level }?: {
    readonly level?: LogLevel;
}): () => void;
