import { Presets, SingleBar } from "cli-progress";
import { durationInWords } from "./lab/words.ts";

/** Shows how far a lab has come. */
export interface LabProgress {
  /** After each call. */
  step(what: string): void;
  stop(): void;
}

/** A bar with the time that is left on a terminal, now and then a plain line elsewhere. */
export function labProgress(total: number, stream: NodeJS.WriteStream): LabProgress {
  if (total === 0) return { step: () => {}, stop: () => {} };
  return stream.isTTY ? bar(total, stream) : lines(total, stream);
}

function bar(total: number, stream: NodeJS.WriteStream): LabProgress {
  const progress = new SingleBar(
    {
      stream,
      format: "{bar} {value}/{total} calls | {eta_formatted} left | {what}",
      hideCursor: true,
      // The pace of one or two calls says little about the rest.
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  progress.start(total, 0, { what: "" });
  return { step: (what) => progress.increment({ what }), stop: () => progress.stop() };
}

function lines(total: number, stream: NodeJS.WriteStream): LabProgress {
  const every = Math.max(1, Math.ceil(total / 10));
  const start = performance.now();
  let done = 0;
  return {
    step() {
      done += 1;
      if (done % every !== 0 && done !== total) return;
      const leftMs = ((performance.now() - start) / done) * (total - done);
      const left = done === total ? "" : `, about ${durationInWords(leftMs)} left`;
      stream.write(`${done} of ${total} calls${left}\n`);
    },
    stop: () => {},
  };
}
