import type { Fault, RecordedRequest, Simulator } from "../../src/simulator/index.ts";
import { HOME_REGION, PATIENT_HEADER, SOURCE_REGIONS } from "./wire.ts";

/** How long one Region does badly, before it is the next one's turn. */
const TURN_MS = 4_000;
/** How much more often faults strike there. */
const BAD_TURN = 10;

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

/** Faults everywhere, and in one Region at a time many more: the others are there to fail over to. */
export function addFaults(simulator: Simulator): void {
  const regions = [HOME_REGION, ...SOURCE_REGIONS];
  const inBadRegion = ({ sourceRegion, receivedAt }: RecordedRequest): boolean =>
    sourceRegion === regions[Math.floor(receivedAt / TURN_MS) % regions.length];
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
