// The public surface of bedrock-routed-client/simulator: npm run api -- --write

interface AccessKeys {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
}

interface Account {
    readonly guardrails: readonly Guardrail[];
    readonly dataRetention: Readonly<Record<string, string>>;
}

interface AnswerRequest extends RecordedRequest {
    readonly prompt: string;
}

interface ApplicationProfile {
    readonly id: string;
    readonly sourceRegion: string;
    readonly copyFrom: string;
    readonly name?: string;
}

// not exported
interface ApplicationProfileFacts {
    readonly model: string;
    readonly destinationRegions: readonly string[];
}

type Break = "tcp-reset" | "tcp-close" | "rst-stream" | "goaway";

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
interface Clock {
    now(): number;
    wallNow(): number;
    delay(ms: number, signal?: AbortSignal): Promise<void>;
    after(ms: number, callback: () => void, background?: boolean): () => void;
    busyMs?(): number;
}

interface DenialHandle {
    remove(): void;
    [Symbol.dispose](): void;
}

type DenyingPolicy = "model-access" | "service-control-policy" | "identity-based-policy" | "no-identity-based-policy" | "vpc-endpoint-policy";

interface DestinationDenial {
    readonly destinationRegions: readonly string[];
    readonly by?: Extract<DenyingPolicy, "service-control-policy" | "identity-based-policy" | "no-identity-based-policy">;
}

type Fault = {
    readonly kind: "throttle";
    readonly limit?: "requests" | "tokens";
} | {
    readonly kind: "throttle-per-day";
} | {
    readonly kind: "invalid-model-id";
} | {
    readonly kind: "on-demand-unsupported";
} | {
    readonly kind: "access-denied";
    readonly by?: DenyingPolicy;
    readonly resourceArn?: string;
} | {
    readonly kind: "service-unavailable";
} | {
    readonly kind: "internal-error";
} | {
    readonly kind: "html-503";
} | {
    readonly kind: "empty-body";
    readonly status?: number;
} | {
    readonly kind: "hang";
} | {
    readonly kind: "slow";
    readonly factor?: number;
    readonly addMs?: number;
} | ({
    readonly kind: "reset";
    readonly how?: Break;
    readonly code?: number;
} & StreamPosition) | ({
    readonly kind: "stall";
} & StreamPosition) | ({
    readonly kind: "end-early";
} & StreamPosition) | {
    readonly kind: "first-frame-exception";
    readonly exception?: StreamException;
    readonly message?: string;
} | ({
    readonly kind: "mid-stream-exception";
    readonly exception?: StreamException;
    readonly message?: string;
} & StreamPosition) | ({
    readonly kind: "corrupt-frame";
    readonly how?: "checksum" | "truncated";
} & StreamPosition) | {
    readonly kind: "error";
    readonly name: string;
    readonly status: number;
    readonly message: string;
    readonly headers?: Readonly<Record<string, string>>;
} | {
    readonly kind: "respond";
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
};

interface Guardrail {
    readonly id: string;
    readonly sourceRegion: string;
    readonly profileId?: string;
    readonly enforced?: boolean;
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

interface Latency {
    readonly ttfbMs: number;
    readonly totalMs: number;
}

interface LatencyRequest {
    readonly operation: OperationName;
    readonly sourceRegion: string;
    readonly modelId: string;
    readonly model: string;
    readonly scope: Scope;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly random: () => number;
}

interface ModelWorld {
    readonly catalog: Catalog;
    readonly applicationProfiles: readonly ApplicationProfile[];
    readonly provisionedModels: readonly ProvisionedModel[];
}

type OperationName = "Converse" | "ConverseStream" | "InvokeModel" | "InvokeModelWithResponseStream" | "CountTokens" | "ChatCompletions" | "CreateResponse" | "GetResponse" | "CancelResponse" | "DeleteResponse" | "Messages" | "ApplyGuardrail" | "ListAsyncInvokes" | "ListInferenceProfiles" | "GetInferenceProfile" | "ListFoundationModels" | "GetFoundationModel" | "GetGuardrail" | "ListEnforcedGuardrailsConfiguration" | "GetAccountDataRetention";

interface ProvisionedModel {
    readonly id: string;
    readonly sourceRegion: string;
    readonly model: string;
}

interface Quota {
    readonly sourceRegion?: string;
    readonly model?: string;
    readonly scope?: QuotaScope;
    readonly requestsPerMinute?: number;
    readonly requestBurst?: number;
    readonly tokensPerMinute?: number;
    readonly tokensPerDay?: number;
}

type QuotaScope = Scope | "provisioned";

interface RecordedRequest {
    readonly number: number;
    readonly operation?: OperationName;
    readonly sourceRegion?: string;
    readonly modelId?: string;
    readonly model?: string;
    readonly kind?: TargetKind;
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly httpVersion: "1.1" | "2";
    readonly authentication: "signature" | "bearer" | "refused";
    readonly receivedAt: number;
    readonly outcome: RequestOutcome | undefined;
    readonly ended: Promise<RequestOutcome>;
}

type Reply = Fault | ScriptedAnswer;

interface RequestMatch {
    readonly operation?: OperationName;
    readonly sourceRegion?: string;
    readonly modelId?: string;
    readonly model?: string;
    readonly kind?: TargetKind;
    readonly where?: (request: RecordedRequest) => boolean;
}

interface RequestOutcome {
    readonly status?: number;
    readonly exception?: string;
    readonly reply?: Reply["kind"];
    readonly destinationRegion?: string;
    readonly latency?: Latency;
    readonly contentEvents: number;
    readonly clientCancelled: boolean;
    readonly endedAt: number;
}

interface Rule {
    readonly match?: RequestMatch;
    readonly fault: Reply;
    readonly times?: number;
    readonly forMs?: number;
    readonly probability?: number;
}

interface RuleHandle {
    readonly active: boolean;
    readonly used: number;
    remove(): void;
    [Symbol.dispose](): void;
}

type Scope = "in-region" | "geographic" | "global";

interface ScriptedAnswer {
    readonly kind: "answer";
    readonly text?: string;
    readonly ttfbMs?: number;
    readonly totalMs?: number;
}

interface SimulatedClientConfig {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: AccessKeys;
}

interface Simulator extends AsyncDisposable {
    readonly url: string;
    readonly port: number;
    endpoint(region: string): string;
    clientConfig(overrides?: {
        readonly region?: string;
    }): SimulatedClientConfig;
    enqueue(...replies: readonly Reply[]): void;
    rule(rule: Rule): RuleHandle;
    clearScript(): void;
    setQuota(quota: Quota): void;
    change(world: Partial<ModelWorld & Account>): void;
    denyDestinations(denial: DestinationDenial): DenialHandle;
    takeRequest(match?: RequestMatch, options?: {
        readonly signal?: AbortSignal;
    }): Promise<RecordedRequest>;
    requests(match?: RequestMatch): readonly RecordedRequest[];
    close(): Promise<void>;
}

interface SimulatorOptions {
    readonly port?: number;
    readonly timeScale?: number;
    readonly clock?: Clock;
    readonly seed?: number;
    readonly tails?: boolean;
    readonly latency?: (request: LatencyRequest) => Latency;
    readonly callerRegion?: string;
    readonly answer?: (request: AnswerRequest) => string;
    readonly quotas?: readonly Quota[];
    readonly denials?: readonly DestinationDenial[];
    readonly catalog?: Catalog;
    readonly applicationProfiles?: readonly ApplicationProfile[];
    readonly provisionedModels?: readonly ProvisionedModel[];
    readonly guardrails?: readonly Guardrail[];
    readonly dataRetention?: Readonly<Record<string, string>>;
    readonly credentials?: AccessKeys;
    readonly bearerTokens?: Readonly<Record<string, string>>;
    readonly disabledRegions?: readonly string[];
    readonly keepRequests?: number;
}

type StreamException = "internalServerException" | "modelStreamErrorException" | "modelTimeoutException" | "serviceUnavailableException" | "throttlingException" | "validationException";

interface StreamPosition {
    readonly afterContentEvents?: number;
}

type TargetKind = Scope | "application" | "provisioned";

declare function createSimulator(options?: SimulatorOptions): Promise<Simulator>;
