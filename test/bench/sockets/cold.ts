import { Client } from "./client.ts";
import { labRoutes, Service, type Spread } from "./service.ts";

/** Fresh clients whose answers take another time than the lab's. */
export interface ColdCell {
  readonly region: string;
  readonly scale: number;
  readonly atOnce: number;
  readonly streaming: boolean;
  readonly spread: Spread;
}

export interface ColdFigures {
  readonly elsewhere: number;
  readonly extra: number;
  readonly failed: number;
  readonly serverLateMs: number;
  readonly trace: string;
}

/** One after the other, slow answers take minutes. */
export function requestsOf({ scale, atOnce }: Pick<ColdCell, "scale" | "atOnce">): number {
  return atOnce === 1 && scale > 1 ? 40 : 100;
}

export async function runCold(
  { region, scale, atOnce, streaming, spread }: ColdCell,
  seed: number,
): Promise<ColdFigures> {
  await using service = await Service.start("2");
  const routes = labRoutes(region).map((route) => ({ ...route, medianMs: route.medianMs * scale }));
  service.serves(routes, spread, seed);
  await using client = await Client.start({ region, endpoint: service.endpoint, httpVersion: "2", streaming });
  const [home] = await client.expects();
  const requests = requestsOf({ scale, atOnce });
  const sent = await client.send(requests, atOnce);
  const away = sent.map(({ modelId }) => (modelId === home?.modelId ? "." : "x"));
  return {
    elsewhere: away.filter((mark) => mark === "x").length,
    extra: service.calls.length - requests,
    failed: sent.filter(({ failed }) => failed !== undefined).length,
    serverLateMs: service.lateMs,
    trace: sent.map(({ attempts }, place) => (attempts > 1 ? `${away[place]}${attempts}` : away[place])).join(""),
  };
}
