import type { DispatchRequest } from "../../src/dispatch/request.ts";
import { Chance } from "../support/chance.ts";
import { type AnswerStream, answerStream } from "./answers.ts";
import { FAULTS, type FaultError, faultError, sdkTimeoutError } from "./fault-errors.ts";

/** How well the service does during a scenario: in general, and route by route. */
export interface Weather {
  readonly seed: number;
  /** Share of the sends that go wrong. */
  readonly faultRate: number;
  /** Share of the routes on which everything goes wrong in the same way. */
  readonly brokenRoutes: number;
  /** What goes wrong. */
  readonly faults: readonly string[];
}

/** What the service does with one send. */
export type Play =
  | { readonly does: "answers"; readonly afterMs: number }
  | { readonly does: "fails"; readonly afterMs: number; readonly fault: FaultError; readonly synchronously: boolean }
  /** No answer until somebody gives up: the caller, or the SDK after its own timeout. */
  | { readonly does: "hangs"; readonly timeoutMs: number; readonly fault: FaultError }
  | {
      readonly does: "streams";
      readonly afterMs: number;
      readonly gapMs: number;
      readonly answer: AnswerStream;
      /** How many events are sent. */
      readonly sends: number;
      readonly ending: StreamEnd;
      /** What an aborted stream does: the SDK mostly ends it cleanly, and sometimes breaks it. */
      readonly onAbort: "ends" | "breaks";
    };

/** What follows the last event. */
export type StreamEnd =
  | { readonly kind: "ends" }
  | { readonly kind: "fails"; readonly fault: FaultError }
  | { readonly kind: "stalls"; readonly timeoutMs: number; readonly fault: FaultError };

const STREAM_FAULTS = ["empty", "truncated", "mid-stream", "first-frame", "stall"];
const EVERYTHING = [...FAULTS, ...STREAM_FAULTS, "hang"];

export function randomWeather(chance: Chance): Weather {
  return {
    seed: chance.below(2 ** 31),
    faultRate: chance.pick([0, 0.1, 0.3, 0.6, 0.9, 1]),
    brokenRoutes: chance.pick([0, 0, 0.3, 0.6]),
    faults: chance.happens(0.5) ? EVERYTHING : chance.some(EVERYTHING, 1, 3),
  };
}

/** The longest outlast every first-byte deadline. */
const LATENCIES_MS = [0, 1, 300, 2_000, 2_000, 90_000];

/** What the service does with a send to the route of that key. */
export function playOf(weather: Weather, routeKey: string, stream: DispatchRequest["stream"], chance: Chance): Play {
  const climate = new Chance(weather.seed, textHash(routeKey));
  const broken = climate.happens(weather.brokenRoutes) ? climate.pick(weather.faults) : undefined;
  const fault = broken ?? (chance.happens(weather.faultRate) ? chance.pick(weather.faults) : undefined);
  const afterMs = chance.pick(LATENCIES_MS) * chance.next();
  if (fault === undefined) {
    return stream === undefined ? { does: "answers", afterMs } : streams(stream, "none", afterMs, chance);
  }
  if (fault === "hang") return { does: "hangs", timeoutMs: 60_000, fault: timedOut() };
  const midStream = STREAM_FAULTS.includes(fault);
  if (stream !== undefined && midStream) return streams(stream, fault, afterMs, chance);
  const error = faultError(midStream ? "5xx" : fault, chance);
  return { does: "fails", afterMs, fault: error, synchronously: chance.happens(0.05) };
}

function streams(stream: NonNullable<DispatchRequest["stream"]>, fault: string, afterMs: number, chance: Chance): Play {
  const answer = answerStream(stream, chance);
  const gapMs = chance.pick([0, 0, 5, 400]);
  const onAbort = chance.happens(0.7) ? "ends" : "breaks";
  const ends: StreamEnd = { kind: "ends" };
  const common = { does: "streams", afterMs, gapMs, answer, onAbort } as const;
  const partly = chance.below(answer.endAt + 1);
  switch (fault) {
    case "empty":
      return { ...common, sends: chance.below(answer.contentAt + 1), ending: ends };
    case "truncated":
      return { ...common, sends: partly, ending: ends };
    case "mid-stream":
      return { ...common, sends: partly, ending: { kind: "fails", fault: faultError(chance.pick(FAULTS), chance) } };
    case "first-frame":
      return { ...common, sends: 0, ending: { kind: "fails", fault: faultError(chance.pick(FAULTS), chance) } };
    case "stall":
      return { ...common, sends: partly, ending: { kind: "stalls", timeoutMs: 60_000, fault: timedOut() } };
    default:
      return { ...common, sends: answer.events.length, ending: ends };
  }
}

function timedOut(): FaultError {
  return { error: sdkTimeoutError(), kinds: ["timeout"] };
}

const hashes = new Map<string, number>();

/** FNV-1a. */
export function textHash(text: string): number {
  let hash = hashes.get(text);
  if (hash === undefined) {
    hash = 0x811c9dc5;
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hashes.set(text, hash);
  }
  return hash;
}
