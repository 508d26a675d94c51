import { describe, expect, it } from "vitest";
import { getRouting } from "../../src/router/reports.ts";
import type { Fault } from "../../src/simulator/index.ts";
import { rejectionOf } from "../support/rejection.ts";
import { converseCommand, EU_SONNET, GLOBAL_SONNET } from "../support/requests.ts";
import { openWire, untilWaiting, type Wire } from "../support/wire.ts";

const EU = `eu-central-1 ${EU_SONNET}`;
const GLOBAL = `eu-central-1 ${GLOBAL_SONNET}`;

const fault = (name: string, status: number, message: string): Fault => ({ kind: "error", name, status, message });

const REFUSALS: readonly Fault[] = [
  fault("ValidationException", 400, "Latency performance configuration is not supported for x.y-1 in eu-central-1"),
  fault("ValidationException", 400, "The service tier is not supported for this model."),
  fault("ValidationException", 400, "The model returned the following errors: invalid beta flag"),
  fault("ValidationException", 400, "This model doesn't support the toolConfig.toolChoice.any field. Remove it."),
  fault("ValidationException", 400, "data retention mode 'default' is not available for this model"),
  fault("ResourceNotFoundException", 404, "Model use case details have not been submitted for this account."),
  fault("AccessDeniedException", 403, "Model access is denied due to INVALID_PAYMENT_INSTRUMENT: x"),
  fault("AccessDeniedException", 403, "Not authorized"),
  fault("ExpiredTokenException", 403, "The security token included in the request is expired"),
];

describe.each(REFUSALS)("a refusal of what the account or the request lacks: $message", (refusal) => {
  it("on the first route is the caller's: one call, and the error", async () => {
    await using wire = await openWire();
    wire.simulator.rule({ fault: refusal });
    const error = await rejectionOf(wire.client.send(converseCommand()));
    expect(error.message).toBe((refusal as { message: string }).message);
    expect(wire.calls()).toEqual([EU]);
  });

  it("on a failover sends the request back to the route that was throttled", async () => {
    await using wire = await openWire();
    wire.simulator.rule({ match: { modelId: EU_SONNET }, times: 1, fault: { kind: "throttle" } });
    wire.simulator.rule({ match: { modelId: GLOBAL_SONNET }, fault: refusal });
    const output = await afterBackoff(wire, wire.client.send(converseCommand()));
    expect(wire.calls()).toEqual([EU, GLOBAL, EU]);
    expect(getRouting(output)?.attempts.map(({ outcome }) => outcome)).toEqual([
      "throttled",
      "invalid-route",
      "succeeded",
    ]);
  });

  it("does not hide the throttle, neither of this request nor of the next", async () => {
    await using wire = await openWire();
    wire.simulator.rule({ match: { modelId: EU_SONNET }, fault: { kind: "throttle" } });
    wire.simulator.rule({ match: { modelId: GLOBAL_SONNET }, fault: refusal });
    for (let request = 1; request <= 2; request += 1) {
      const error = await afterBackoff(wire, rejectionOf(wire.client.send(converseCommand())));
      expect(error.name).toBe("ThrottlingException");
    }
  });
});

describe("a clock that is wrong", () => {
  const told = "Signature expired: 20260101T000000Z is now earlier than 20260101T005500Z (20260101T010000Z - 5 min.)";
  const skew = fault("InvalidSignatureException", 403, told);

  it("is repeated at once on the same route, as the plain client does", async () => {
    await using wire = await openWire();
    wire.simulator.enqueue(skew);
    const output = await wire.client.send(converseCommand());
    expect(output.$metadata.attempts).toBe(2);
    expect(wire.calls()).toEqual([EU, EU]);
    expect(wire.clock.waiting).toBe(0);
    await wire.client.send(converseCommand());
    expect(wire.calls()).toEqual([EU, EU, EU]);
  });

  it("heals in another Region too, and ends the request when it does not heal", async () => {
    await using wire = await openWire();
    wire.simulator.enqueue({ kind: "throttle" }, skew);
    await wire.client.send(converseCommand());
    expect(wire.calls()).toEqual([EU, GLOBAL, GLOBAL]);
    wire.simulator.rule({ fault: skew });
    const before = wire.calls().length;
    const error = await rejectionOf(wire.client.send(converseCommand()));
    expect(error.message).toBe(told);
    expect(wire.calls()).toHaveLength(before + 2);
  });
});

it("a model that is being loaded is asked again without drawing on the retry budget", async () => {
  await using wire = await openWire({ config: { maxAttempts: 3 } });
  const loading = fault("ModelNotReadyException", 429, "Model is not ready for inference.");
  wire.simulator.rule({ fault: loading });
  // One route, two repetitions a request: the budget would bear fifty requests.
  for (let request = 0; request < 55; request += 1) {
    const error = await afterBackoff(wire, rejectionOf(wire.client.send(converseCommand(EU_SONNET))));
    expect(error).toMatchObject({ name: "ModelNotReadyException", $metadata: { attempts: 3 } });
  }
});

/** Lets every backoff pass until the request has ended. */
async function afterBackoff<Result>(wire: Wire, sending: Promise<Result>): Promise<Result> {
  let ended = false;
  const end = sending.finally(() => {
    ended = true;
  });
  end.catch(() => {});
  while (!ended) {
    await Promise.race([end.catch(() => {}), untilWaiting(wire.clock)]);
    if (!ended) await wire.clock.advance(1_000);
  }
  return end;
}
