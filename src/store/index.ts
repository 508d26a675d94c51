/**
 * Stores through which the processes of a fleet share what they have seen of their routes.
 * @module
 */
export type { RoutingStore, StoreBatch, StoreFailureReason, StoreReply } from "../types/store.ts";
export { RoutingStoreError } from "../types/store.ts";
export { type MemoryStoreOptions, memoryStore } from "./memory-store.ts";
export { type ValkeyStoreOptions, valkeyStore } from "./valkey-store.ts";
