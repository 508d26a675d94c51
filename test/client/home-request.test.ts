import { describe, expect, it } from "vitest";
import { sendFromHome } from "../../src/client/home-request.ts";
import { getRouting } from "../../src/router/reports.ts";
import { rejectionOf } from "../support/rejection.ts";
import { planOf, routeOf } from "../support/routes.ts";
import { sdkAbortError, throttled } from "../support/service-errors.ts";
import { VIRTUAL_EPOCH, VirtualClock } from "../support/virtual-clock.ts";

const plan = planOf("us");

describe("a request that stays in the home Region", () => {
  it("hands over the SDK's own output, with a report of one attempt", async () => {
    const clock = new VirtualClock();
    const output = { inputTokens: 5 };
    const sending = sendFromHome(
      plan,
      async () => {
        await clock.delay(30);
        return output;
      },
      undefined,
      clock,
    );
    expect(await clock.finish(sending)).toBe(output);
    expect(getRouting(output)).toEqual({
      plan,
      route: routeOf("us"),
      attempts: [
        {
          route: routeOf("us"),
          outcome: "succeeded",
          startedAt: VIRTUAL_EPOCH,
          ttfbMs: 30,
          totalMs: 30,
          cause: "first",
        },
      ],
    });
  });

  it("is sent once, and its error is the SDK's own", async () => {
    const error = throttled();
    let sent = 0;
    const sending = sendFromHome(
      plan,
      async () => {
        sent += 1;
        throw error;
      },
      undefined,
      new VirtualClock(),
    );
    expect(await rejectionOf(sending)).toBe(error);
    expect(sent).toBe(1);
  });

  it("says in its report what kind of failure it was", async () => {
    const error = throttled();
    await rejectionOf(sendFromHome(plan, () => Promise.reject(error), undefined, new VirtualClock()));
    const report = getRouting(error);
    expect(report?.route).toBeUndefined();
    expect(report?.attempts).toMatchObject([{ outcome: "throttled", family: "tokens-per-minute", error, totalMs: 0 }]);
    expect(report?.attempts[0]).not.toHaveProperty("ttfbMs");
  });

  it("reports the caller's own abort as one", async () => {
    const error = sdkAbortError();
    const signal = AbortSignal.abort();
    await rejectionOf(sendFromHome(plan, () => Promise.reject(error), signal, new VirtualClock()));
    expect(getRouting(error)?.attempts).toMatchObject([{ outcome: "cancelled" }]);
  });

  it("survives a value that is no error", async () => {
    await expect(sendFromHome(plan, () => Promise.reject("no"), undefined, new VirtualClock())).rejects.toBe("no");
  });
});
