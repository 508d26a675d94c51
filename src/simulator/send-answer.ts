import type { Exchange } from "../util/exchange.ts";
import { corrupted, eventFrame, exceptionFrame, type StreamEvent } from "./event-stream.ts";
import type { Reply, StreamPosition } from "./fault.ts";
import { streamException } from "./fault-response.ts";
import type { Latency } from "./latency.ts";
import type { SimulatedTime } from "./simulated-time.ts";

/** How the events of a stream look on the wire. */
export interface StreamEncoding {
  frame(event: StreamEvent): Uint8Array;
  exception(exception: ReturnType<typeof streamException>): Uint8Array;
}

/** `application/vnd.amazon.eventstream`. `padding` hides the length of each text. */
export function eventStream(padding: () => string): StreamEncoding {
  return {
    frame: (event) => eventFrame(event, padding()),
    exception: ({ member, message }) => exceptionFrame(member, { message }),
  };
}

/** How far an answer got; filled in while it is sent, so that it is true even when the client leaves. */
export interface Progress {
  status?: number;
  exception?: string;
  contentEvents: number;
}

/** An answer with everything that decides how it is sent. */
export interface Delivery {
  readonly exchange: Exchange;
  readonly time: SimulatedTime;
  /** Simulated time at which the request arrived. */
  readonly startedAt: number;
  readonly latency: Latency;
  readonly headers: Readonly<Record<string, string>>;
  /** A fault that the answer suffers from on its way. */
  readonly fault: Reply | undefined;
  readonly progress: Progress;
}

/** Sends a body when the answer is complete. */
export async function sendBody(delivery: Delivery, body: string): Promise<void> {
  const { exchange, headers, latency, fault, progress } = delivery;
  await waitUntil(delivery, latency.totalMs);
  progress.status = 200;
  const breakage = breakageOf(fault);
  if (breakage === undefined) {
    exchange.respond(200, headers, body);
    return;
  }
  exchange.start(200, headers);
  const bytes = Buffer.from(body, "utf8");
  await exchange.write(bytes.subarray(0, Math.floor(bytes.byteLength / 2)));
  await breakOff(delivery, breakage);
}

/**
 * Sends an event stream: the first content at the time to first byte, the others evenly until the total, the closing
 * events at the end.
 */
export async function sendEvents(
  delivery: Delivery,
  events: readonly StreamEvent[],
  encoding: StreamEncoding,
): Promise<void> {
  const { exchange, headers, latency, fault, progress } = delivery;
  const due = schedule(events, latency);
  await waitUntil(delivery, latency.ttfbMs);
  exchange.start(200, headers);
  progress.status = 200;
  if (fault?.kind === "first-frame-exception") {
    await writeException(delivery, fault, encoding);
    return;
  }
  const breakage = breakageOf(fault);
  const cut = breakage === undefined ? events.length : cutIndex(events, breakage);
  for (const [index, event] of events.slice(0, cut).entries()) {
    await waitUntil(delivery, due[index] ?? 0);
    await exchange.write(encoding.frame(event));
    if (event.content) progress.contentEvents += 1;
  }
  if (breakage === undefined) {
    exchange.end();
    return;
  }
  await waitUntil(delivery, due[cut] ?? latency.totalMs);
  const next = events[cut];
  await breakOff(delivery, breakage, encoding, next);
}

type Breakage = Extract<Reply, StreamPosition>;

function breakageOf(fault: Reply | undefined): Breakage | undefined {
  switch (fault?.kind) {
    case "reset":
    case "stall":
    case "end-early":
    case "mid-stream-exception":
    case "corrupt-frame":
      return fault;
    default:
      return undefined;
  }
}

/** The index of the first event that is not sent any more. */
function cutIndex(events: readonly StreamEvent[], breakage: Breakage): number {
  const after = breakage.afterContentEvents ?? 0;
  if (breakage.kind === "end-early" && after === 0) return 0;
  const contents = events.flatMap((event, index) => (event.content ? [index] : []));
  return contents[after] ?? (contents.at(-1) ?? -1) + 1;
}

async function breakOff(
  delivery: Delivery,
  breakage: Breakage,
  encoding?: StreamEncoding,
  next?: StreamEvent,
): Promise<void> {
  const { exchange } = delivery;
  switch (breakage.kind) {
    case "reset":
      await turnOfTheLoop();
      exchange.break(breakage.how ?? "tcp-reset", breakage.code);
      return;
    case "stall":
      await untilGone(exchange.gone);
      return;
    case "end-early":
      exchange.end();
      return;
    case "mid-stream-exception":
      if (encoding !== undefined) await writeException(delivery, breakage, encoding);
      return;
    case "corrupt-frame":
      if (encoding !== undefined && next !== undefined) {
        const nextFrame = encoding.frame(next);
        const isTruncated = breakage.how === "truncated";
        await exchange.write(isTruncated ? nextFrame.subarray(0, nextFrame.byteLength - 8) : corrupted(nextFrame));
      }
      exchange.end();
      return;
    default:
      breakage satisfies never;
  }
}

async function writeException(
  { exchange, progress }: Delivery,
  fault: Extract<Reply, { readonly kind: "first-frame-exception" | "mid-stream-exception" }>,
  encoding: StreamEncoding,
): Promise<void> {
  const exception = streamException(fault);
  progress.exception = exception.name;
  await exchange.write(encoding.exception(exception));
  exchange.end();
}

/** A reset discards what its receiver has not read yet; a client in the same process reads in between. */
async function turnOfTheLoop(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

/** Never resolves: rejects when the client leaves or the simulator closes. */
export function untilGone(gone: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (gone.aborted) reject(gone.reason);
    else gone.addEventListener("abort", () => reject(gone.reason), { once: true });
  });
}

function schedule(events: readonly StreamEvent[], { ttfbMs, totalMs }: Latency): readonly number[] {
  const contents = events.filter((event) => event.content).length;
  let sent = 0;
  return events.map((event) => {
    const share = contents === 0 ? 1 : sent / contents;
    if (event.content) sent += 1;
    return ttfbMs + (totalMs - ttfbMs) * share;
  });
}

async function waitUntil({ exchange, time, startedAt }: Delivery, dueMs: number): Promise<void> {
  await time.pause(startedAt + dueMs - time.now(), exchange.gone);
}
