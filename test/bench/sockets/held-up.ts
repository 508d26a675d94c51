import { setTimeout as delay } from "node:timers/promises";
import type { HttpVersion } from "../../support/wire.ts";
import { Client } from "./client.ts";
import { evenRoutes, type Pace, Service } from "./service.ts";

/** A process that stumbles while the service is well. */
export interface HeldUpCell {
  readonly name: string;
  readonly medianMs: number;
  readonly httpVersion: HttpVersion;
  readonly streaming: boolean;
  readonly pace?: Pace;
  /** Requests before, so that the route is known. */
  readonly before: number;
  /** Sends the requests that meet the trouble, and makes it. */
  readonly trouble: (client: Client, service: Service) => Promise<{ readonly length: number }>;
}

export interface HeldUpFigures {
  readonly sent: number;
  /** Calls that have reached the server since, beyond the requests. */
  readonly extra: number;
  readonly cooldowns: number;
  /** Of the next sixty requests. */
  readonly elsewhere: number;
  readonly failed: number;
  /** Of the home route: when a backup is started. */
  readonly deadlineMs: readonly [before: number, after: number];
  readonly expectedMs: readonly [before: number, after: number];
  readonly serverLateMs: number;
}

export const NEXT = 60;

export async function runHeldUp(cell: HeldUpCell, seed: number): Promise<HeldUpFigures> {
  const { medianMs, httpVersion, streaming, pace, before, trouble } = cell;
  await using service = await Service.start(httpVersion, pace);
  service.serves(evenRoutes(medianMs), "log-normal", seed);
  await using client = await Client.start({
    region: "eu-central-1",
    endpoint: service.endpoint,
    httpVersion,
    streaming,
  });
  const home = (await client.expects())[0]?.modelId;
  const expected = async () => (await client.expects()).find(({ modelId }) => modelId === home);
  const warm = await client.send(before, 4);
  const first = await expected();
  const calls = service.calls.length;
  const met = await trouble(client, service);
  const then = await expected();
  const next = await client.send(NEXT, 4);
  const { cooldowns } = await client.told();
  return {
    sent: met.length,
    extra: service.calls.length - calls - met.length - NEXT,
    cooldowns: cooldowns.length,
    elsewhere: next.filter(({ modelId }) => modelId !== home).length,
    failed: [...warm, ...next].filter(({ failed }) => failed !== undefined).length,
    deadlineMs: [first?.backupAfterMs ?? 0, then?.backupAfterMs ?? 0],
    expectedMs: [first?.ttfbMs ?? 0, then?.ttfbMs ?? 0],
    serverLateMs: service.lateMs,
  };
}

/** So many requests wait for their answers, and the process is frozen. */
export function frozen(atOnce: number, ...forMs: readonly number[]): HeldUpCell["trouble"] {
  return async (client, service) => {
    const arrived = service.arrived(service.calls.length + atOnce);
    const sent = client.send(atOnce, atOnce);
    await arrived;
    for (const ms of forMs) {
      await freezeFor(client, ms);
      // Long enough to begin with what has come in, too short to end it.
      await delay(20);
    }
    return sent;
  };
}

/** The process is frozen when the streams have come so far. */
export function frozenAfter(atOnce: number, afterMs: number, forMs: number): HeldUpCell["trouble"] {
  return async (client, service) => {
    const arrived = service.arrived(service.calls.length + atOnce);
    const sent = client.send(atOnce, atOnce);
    await arrived;
    await delay(afterMs);
    await freezeFor(client, forMs);
    return sent;
  };
}

export function frozenIdle(forMs: number): HeldUpCell["trouble"] {
  return async (client) => {
    await freezeFor(client, forMs);
    return [];
  };
}

/** The event loop is blocked while so many requests wait. */
export function blocked(atOnce: number, forMs: number): HeldUpCell["trouble"] {
  return async (client, service) => {
    const arrived = service.arrived(service.calls.length + atOnce);
    const sent = client.send(atOnce, atOnce);
    await arrived;
    await client.block(forMs);
    return sent;
  };
}

/** The same, before the requests have left the process. */
export function blockedAtOnce(atOnce: number, forMs: number): HeldUpCell["trouble"] {
  return (client) => client.send(atOnce, atOnce, forMs);
}

/** The event loop is blocked again and again under a steady load. */
export function blockedOften(perSecond: number, forMs: number, times: number, everyMs: number): HeldUpCell["trouble"] {
  return async (client) => {
    const sent = client.pace(perSecond, times * everyMs, 60_000);
    await client.block(forMs, times, everyMs);
    return sent;
  };
}

export function burst(requests: number): HeldUpCell["trouble"] {
  return (client) => client.send(requests, requests);
}

async function freezeFor(client: Client, ms: number): Promise<void> {
  client.freeze();
  await delay(ms);
  client.thaw();
}
