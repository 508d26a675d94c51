// The public surface of bedrock-routed-client/store: npm run api -- --write

// not exported
interface Clock {
    now(): number;
    wallNow(): number;
    delay(ms: number, signal?: AbortSignal): Promise<void>;
    after(ms: number, callback: () => void, background?: boolean): () => void;
    busyMs?(): number;
}

interface MemoryStoreOptions {
    readonly namespace?: string;
    readonly clock?: Pick<Clock, "wallNow">;
}

interface RoutingStore {
    readonly namespace: string;
    exchange(batch: StoreBatch, signal: AbortSignal): Promise<StoreReply>;
}

declare class RoutingStoreError extends Error {
    readonly reason: StoreFailureReason;
    constructor(reason: StoreFailureReason);
}

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

type StoreFailureReason = "denied" | "read-only" | "out-of-memory" | "wrong-type" | "moved" | "unusable-reply" | "gave-up" | "error";

interface StoreReply {
    readonly timeMs: number | undefined;
    readonly hashes: readonly Readonly<Record<string, string>>[];
}

interface ValkeyStoreOptions {
    send(command: string[], key: string): Promise<unknown>;
    readonly namespace: string;
    readonly clock?: Pick<Clock, "now">;
}

declare function memoryStore({ namespace, clock }?: MemoryStoreOptions): RoutingStore;

declare function valkeyStore({ send, namespace, clock }: ValkeyStoreOptions): RoutingStore;
