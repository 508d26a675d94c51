import { type CallerSignal, linkAbort } from "../dispatch/link-abort.ts";

/** Waits for something, unless the caller gives up first: the request then ends where it would be sent. */
export async function unlessAborted(wait: Promise<void>, callerSignal: CallerSignal | undefined): Promise<void> {
  const controller = new AbortController();
  const unlink = linkAbort(callerSignal, controller);
  const aborted = new Promise<void>((resolve) => {
    if (controller.signal.aborted) resolve();
    else controller.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([wait, aborted]);
  unlink();
}
