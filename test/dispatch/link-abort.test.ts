import { describe, expect, it, vi } from "vitest";
import { abortError, type CallerSignal, isAborted, linkAbort } from "../../src/dispatch/link-abort.ts";

describe("linkAbort", () => {
  it("passes an abort on, with its reason", () => {
    const caller = new AbortController();
    const request = new AbortController();
    linkAbort(caller.signal, request);
    expect(request.signal.aborted).toBe(false);
    caller.abort("too late");
    expect(request.signal).toMatchObject({ aborted: true, reason: "too late" });
  });

  it("passes on an abort that came before", () => {
    const request = new AbortController();
    linkAbort(AbortSignal.abort("too late"), request);
    expect(request.signal).toMatchObject({ aborted: true, reason: "too late" });
  });

  it("leaves no listener on the caller's signal when it is undone", () => {
    const caller = new AbortController();
    const add = vi.spyOn(caller.signal, "addEventListener");
    const remove = vi.spyOn(caller.signal, "removeEventListener");
    const request = new AbortController();
    linkAbort(caller.signal, request)();
    expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(add.mock.calls.map(([, listener]) => listener));
    caller.abort();
    expect(request.signal.aborted).toBe(false);
  });

  it("needs no signal", () => {
    const request = new AbortController();
    linkAbort(undefined, request)();
    expect(request.signal.aborted).toBe(false);
  });

  it("works with a signal of another realm, which is no instance of AbortSignal here", () => {
    const { signal, abort } = foreignSignal();
    const request = new AbortController();
    linkAbort(signal, request);
    abort();
    expect(request.signal.aborted).toBe(true);
  });
});

describe("linkAbort to the older signal that only has onabort", () => {
  it("passes an abort on and keeps calling what the caller had put there", () => {
    const before = vi.fn();
    const caller: Legacy = { aborted: false, onabort: before };
    const request = new AbortController();
    linkAbort(caller, request);
    caller.onabort?.("event");
    expect(request.signal.aborted).toBe(true);
    expect(before.mock.calls).toEqual([["event"]]);
  });

  it("puts back what the caller had put there, so that one signal can serve many requests", () => {
    const before = vi.fn();
    const caller: Legacy = { aborted: false, onabort: before };
    for (let request = 0; request < 3; request += 1) linkAbort(caller, new AbortController())();
    expect(caller.onabort).toBe(before);
  });

  it("leaves a signal of the older type as it was when attempts side by side end in any order", () => {
    const before = (): void => {};
    const caller: Legacy = { aborted: false, onabort: before };
    const undos = [0, 1, 2].map(() => linkAbort(caller, new AbortController()));
    for (const place of [0, 2, 1]) undos[place]?.();
    expect(caller.onabort).toBe(before);
  });

  it("tells those that are left, and what the caller had put there", () => {
    const heard: string[] = [];
    const caller: Legacy = { aborted: false, onabort: () => heard.push("caller") };
    const [first, second] = [new AbortController(), new AbortController()];
    const undoFirst = linkAbort(caller, first);
    linkAbort(caller, second);
    undoFirst();
    caller.onabort?.();
    expect({ heard, first: first.signal.aborted, second: second.signal.aborted }).toEqual({
      heard: ["caller"],
      first: false,
      second: true,
    });
  });

  it("leaves alone what another request has put there since", () => {
    const caller: Legacy = { aborted: false, onabort: null };
    const [first, second] = [new AbortController(), new AbortController()];
    const undoFirst = linkAbort(caller, first);
    linkAbort(caller, second);
    undoFirst();
    caller.onabort?.();
    expect(second.signal.aborted).toBe(true);
  });
});

describe("abortError", () => {
  it("is what the SDK throws", () => {
    expect(abortError(undefined)).toMatchObject({ name: "AbortError", message: "Request aborted" });
    expect(abortError(undefined)).toBeInstanceOf(Error);
  });

  it("has the Error that the caller gave as the reason for its cause", () => {
    const reason = new Error("the user left");
    expect(abortError(AbortSignal.abort(reason))).toMatchObject({ message: "Request aborted", cause: reason });
  });

  it("has any other reason for its message", () => {
    expect(abortError(AbortSignal.abort("the user left"))).toMatchObject({
      name: "AbortError",
      message: "the user left",
    });
  });
});

describe("isAborted", () => {
  it("tells whether the caller has aborted", () => {
    expect(isAborted(undefined)).toBe(false);
    expect(isAborted({ aborted: false })).toBe(false);
    expect(isAborted({ aborted: true })).toBe(true);
  });
});

interface Legacy extends CallerSignal {
  onabort: ((...args: unknown[]) => void) | null;
}

function foreignSignal(): { signal: CallerSignal; abort: () => void } {
  const listeners = new Set<() => void>();
  return {
    signal: {
      aborted: false,
      addEventListener: (_type, listener) => listeners.add(listener),
      removeEventListener: (_type, listener) => listeners.delete(listener),
    },
    abort: () => {
      for (const listener of listeners) listener();
    },
  };
}
