import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { EU_SONNET, GLOBAL_SONNET } from "../../support/requests.ts";
import { Client } from "./client.ts";
import { Service } from "./service.ts";

/** Longer than a route may be silent before it is backed up. */
const LONG_MS = 3_000;
const NEXT = 40;
/** The probe that is due after 32 requests, and the next one. */
const PROBES = 2;

// Counts alone are judged: a busy machine makes everything later, and must not make it different.
describe("a client in a process of its own, over real sockets", { timeout: 60_000 }, () => {
  it.concurrent("does not hold it against a route that the process was frozen", async () => {
    await using world = await start(300);
    await world.client.send(12, 4);
    const during = world.client.send(40, 40);
    await world.service.arrived(52);
    world.client.freeze();
    await delay(LONG_MS);
    world.client.thaw();
    await during;
    expect(await world.after(52)).toEqual(UNMOVED);
  });

  it.concurrent("nor that its event loop was blocked, with requests on their way and not yet", async () => {
    await using world = await start(300);
    await world.client.send(12, 4);
    const during = world.client.send(40, 40);
    await world.service.arrived(52);
    await world.client.block(LONG_MS);
    await during;
    await world.client.send(40, 40, LONG_MS);
    expect(await world.after(92)).toEqual(UNMOVED);
  });

  it.concurrent("nor that it is busy with a burst", async () => {
    await using world = await start(100);
    await world.client.send(500, 500);
    expect(await world.after(500)).toEqual(UNMOVED);
  });

  it.concurrent("nor that all answers take four times as long as the lab's", async () => {
    await using world = await start(4 * 766);
    const sent = await world.client.send(24, 12);
    const elsewhere = sent.filter(({ modelId }) => modelId !== EU_SONNET).length;
    expect({ failed: sent.filter(({ failed }) => failed).length, isElsewhere: elsewhere > PROBES }).toEqual({
      failed: 0,
      isElsewhere: false,
    });
    // What a fresh process has for backups.
    expect(world.service.calls.length - sent.length).toBeLessThanOrEqual(2);
  });
});

const UNMOVED = { extraCalls: 0, cooldowns: [], failed: 0, moved: false };

/** A service whose global profile is slower, as the lab found it in Frankfurt. */
async function start(medianMs: number) {
  const service = await Service.start("2");
  const routes = [
    { modelId: EU_SONNET, medianMs, sigma: 0.03 },
    { modelId: GLOBAL_SONNET, medianMs: 1.24 * medianMs, sigma: 0.03 },
  ];
  service.serves(routes, "log-normal", 1);
  const client = await Client.start({
    region: "eu-central-1",
    endpoint: service.endpoint,
    httpVersion: "2",
    streaming: true,
  });
  return {
    service,
    client,
    /** What is left of the trouble once so many requests have been answered. */
    async after(sent: number) {
      const next = await client.send(NEXT, 4);
      const { cooldowns } = await client.told();
      return {
        extraCalls: service.calls.length - sent - NEXT,
        cooldowns,
        failed: next.filter(({ failed }) => failed !== undefined).length,
        moved: next.filter(({ modelId }) => modelId !== EU_SONNET).length > PROBES,
      };
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}
