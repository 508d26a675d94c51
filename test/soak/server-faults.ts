import type { Fault, RecordedRequest, Simulator } from "../../src/simulator/index.ts";
import { HOME_REGION, PATIENT_HEADER, SOURCE_REGIONS } from "./wire.ts";

/** How long some Regions do badly, before the turn of the next ones comes. */
const TURN_MS = 4_000;
/** How much more often faults strike there. */
const BAD_TURN = 10;
/** All is well, the home Region does badly, its neighbour too, everything does. */
const TURNS: readonly (readonly string[])[] = [
  [],
  [HOME_REGION],
  [HOME_REGION, ...SOURCE_REGIONS.slice(0, 1)],
  [HOME_REGION, ...SOURCE_REGIONS],
];

interface Strike {
  readonly fault: Fault;
  /** Share of the requests, in a Region that does well. */
  readonly share: number;
  readonly streamsOnly?: true;
  /** Never answers, so the caller has to have a timeout. */
  readonly silent?: true;
}

const STRIKES: readonly Strike[] = [
  { fault: { kind: "throttle" }, share: 0.003 },
  { fault: { kind: "throttle", limit: "tokens" }, share: 0.002 },
  { fault: { kind: "service-unavailable" }, share: 0.003 },
  { fault: { kind: "internal-error" }, share: 0.002 },
  { fault: { kind: "html-503" }, share: 0.001 },
  { fault: { kind: "empty-body" }, share: 0.001 },
  { fault: { kind: "slow", addMs: 150 }, share: 0.002 },
  { fault: { kind: "hang" }, share: 0.0005, silent: true },
  { fault: { kind: "reset", how: "rst-stream" }, share: 0.002 },
  { fault: { kind: "reset", how: "tcp-reset" }, share: 0.0002 },
  { fault: { kind: "reset", how: "tcp-close" }, share: 0.0001 },
  { fault: { kind: "reset", how: "goaway" }, share: 0.0001 },
  { fault: { kind: "error", name: "ModelErrorException", status: 424, message: "The model stumbled." }, share: 0.001 },
  { fault: { kind: "first-frame-exception" }, share: 0.003, streamsOnly: true },
  { fault: { kind: "mid-stream-exception", exception: "throttlingException" }, share: 0.001, streamsOnly: true },
  { fault: { kind: "mid-stream-exception", afterContentEvents: 2 }, share: 0.002, streamsOnly: true },
  { fault: { kind: "end-early" }, share: 0.001, streamsOnly: true },
  { fault: { kind: "end-early", afterContentEvents: 2 }, share: 0.002, streamsOnly: true },
  { fault: { kind: "corrupt-frame", afterContentEvents: 1 }, share: 0.001, streamsOnly: true },
  { fault: { kind: "corrupt-frame", how: "truncated" }, share: 0.001, streamsOnly: true },
  { fault: { kind: "reset", how: "rst-stream", afterContentEvents: 1 }, share: 0.001, streamsOnly: true },
  { fault: { kind: "stall", afterContentEvents: 1 }, share: 0.0005, streamsOnly: true, silent: true },
];

/** Few faults everywhere, and many more in the Regions whose turn it is. */
export function addFaults(simulator: Simulator): void {
  const inBadRegion = ({ sourceRegion = "", receivedAt }: RecordedRequest): boolean =>
    TURNS[Math.floor(receivedAt / TURN_MS) % TURNS.length]?.includes(sourceRegion) ?? false;
  for (const { fault, share, streamsOnly = false, silent = false } of STRIKES) {
    const strikes = ({ operation, headers }: RecordedRequest): boolean =>
      (!streamsOnly || operation === "ConverseStream" || operation === "InvokeModelWithResponseStream") &&
      (!silent || headers[PATIENT_HEADER] === undefined);
    simulator.rule({ fault, probability: share, match: { where: strikes } });
    simulator.rule({
      fault,
      probability: share * BAD_TURN,
      match: { where: (request) => inBadRegion(request) && strikes(request) },
    });
  }
}
