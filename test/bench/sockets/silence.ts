import { setTimeout as delay } from "node:timers/promises";
import type { HttpVersion } from "../../support/wire.ts";
import { Client } from "./client.ts";
import { evenRoutes, Service } from "./service.ts";

const HTTP_VERSION: HttpVersion = "2";
const REGION = "eu-central-1";

/** A service that hangs altogether, and comes back. */
export interface RecoveryFigures {
  readonly requests: number;
  readonly failed: number;
  /** Calls in the busiest second from the recovery on. */
  readonly peak: number;
  /** Calls in the eleven seconds from the recovery on, for each request that began in them. */
  readonly callsPerRequest: number;
}

const PER_SECOND = 15;
const BEFORE_MS = 5_000;
const HANGS_MS = 20_000;
const AFTER_MS = 15_000;
const GIVE_UP_MS = 15_000;
const WATCHED_MS = 11_000;

/** @param plain - the SDK's own client instead */
export async function runRecovery(streaming: boolean, plain: boolean, seed: number): Promise<RecoveryFigures> {
  await using service = await Service.start(HTTP_VERSION);
  const routes = evenRoutes(300);
  service.serves(routes, "log-normal", seed);
  await using client = await Client.start({
    region: REGION,
    endpoint: service.endpoint,
    httpVersion: HTTP_VERSION,
    streaming,
    ...(plain && { plainModelId: routes[0]?.modelId ?? "" }),
  });
  const sending = client.pace(PER_SECOND, BEFORE_MS + HANGS_MS + AFTER_MS, GIVE_UP_MS);
  await service.arrived(1);
  await delay(BEFORE_MS);
  service.hangs(...routes.map(({ modelId }) => modelId));
  await delay(HANGS_MS);
  service.serves(routes, "log-normal", seed);
  const recoveredAt = performance.now();
  const sent = await sending;
  const after = service.calls.map(({ receivedAtMs }) => receivedAtMs - recoveredAt).filter((ms) => ms >= 0);
  const peak = Math.max(...after.map((ms) => after.filter((other) => other >= ms && other < ms + 1_000).length));
  return {
    requests: sent.length,
    failed: sent.filter(({ failed }) => failed !== undefined).length,
    peak,
    callsPerRequest: after.filter((ms) => ms < WATCHED_MS).length / ((PER_SECOND * WATCHED_MS) / 1_000),
  };
}

/** Real silence, and a process that has just been frozen. */
export interface ThawFigures {
  readonly requests: number;
  readonly failed: number;
  /** By how much the slowest request took longer than a first-byte deadline and an answer take, on the time awake. */
  readonly beyondMs: number;
}

const FROZEN_MS = 12_000;
const ANSWER_MS = 300;

/**
 * @param silent - since when the home route is silent: before the requests of the freeze began, or from the thaw on, for
 * those that follow
 */
export async function runThaw(streaming: boolean, silent: "before" | "after", seed: number): Promise<ThawFigures> {
  await using service = await Service.start(HTTP_VERSION);
  service.serves(evenRoutes(ANSWER_MS), "log-normal", seed);
  await using client = await Client.start({
    region: REGION,
    endpoint: service.endpoint,
    httpVersion: HTTP_VERSION,
    streaming,
  });
  await client.send(40, 4);
  const [home] = await client.expects();
  if (home === undefined) throw new Error("No route is home");
  if (silent === "before") service.hangs(home.modelId);
  const arrived = service.arrived(service.calls.length + 8);
  const during = client.send(8, 8);
  await arrived;
  client.freeze();
  await delay(FROZEN_MS);
  if (silent === "after") service.hangs(home.modelId);
  client.thaw();
  const met = await during;
  const next = await client.send(8, 8);
  const [judged, asleepMs] = silent === "before" ? [met, FROZEN_MS] : [next, 0];
  return {
    requests: judged.length,
    failed: [...met, ...next].filter(({ failed }) => failed !== undefined).length,
    beyondMs: Math.max(...judged.map(({ tookMs }) => tookMs)) - asleepMs - home.backupAfterMs - ANSWER_MS,
  };
}
