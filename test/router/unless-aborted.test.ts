import { describe, expect, it } from "vitest";
import { unlessAborted } from "../../src/router/unless-aborted.ts";

const never = new Promise<void>(() => {});

describe("unlessAborted", () => {
  it("waits without a signal, and with one that never fires", async () => {
    await unlessAborted(Promise.resolve(), undefined);
    await unlessAborted(Promise.resolve(), new AbortController().signal);
  });

  it("ends when the caller gives up, or has done so before", async () => {
    const controller = new AbortController();
    const waiting = unlessAborted(never, controller.signal);
    controller.abort();
    await waiting;
    await unlessAborted(never, controller.signal);
  });

  it("lets go of an older signal that only has onabort", async () => {
    const legacy = { aborted: false, onabort: null as unknown };
    let done = (): void => {};
    const waiting = unlessAborted(
      new Promise<void>((resolve) => {
        done = resolve;
      }),
      legacy,
    );
    expect(legacy.onabort).toBeTypeOf("function");
    done();
    await waiting;
    expect(legacy.onabort).toBeNull();
  });
});
