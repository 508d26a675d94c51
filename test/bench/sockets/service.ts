import { labCell } from "../../../src/profiles/lab.ts";
import { Chance } from "../../support/chance.ts";
import { type Call, type PlainBedrock, startPlainBedrock } from "../../support/plain-bedrock.ts";
import type { HttpVersion } from "../../support/wire.ts";

/** How answers scatter around their median. */
export type Spread = "log-normal" | "uniform";

/** A route of the latency lab as the service knows it. */
export interface ServedRoute {
  readonly modelId: string;
  readonly medianMs: number;
  readonly sigma: number;
}

export const CLAUDE: string = "anthropic.claude-sonnet-4-6";

/** The geographic and the global route of a model in a Region as the latency lab measured them. */
export function labRoutes(sourceRegion: string): readonly ServedRoute[] {
  return (["geographic", "global"] as const).map((kind) => {
    const cell = labCell(CLAUDE, sourceRegion, kind);
    if (cell === undefined) throw new RangeError(`The lab has no ${kind} profile in ${sourceRegion}`);
    const sigma = kind === "global" ? 0.3 : 0.25;
    return { modelId: `${cell.geography}.${CLAUDE}`, medianMs: cell.ttfbP50Ms, sigma };
  });
}

/** Both routes of a healthy service that answers as fast everywhere, and nearly always the same. */
export function evenRoutes(medianMs: number): readonly ServedRoute[] {
  return labRoutes("eu-central-1").map((route) => ({ ...route, medianMs, sigma: 0.03 }));
}

/** When a stream goes on after its first event, in milliseconds. */
export interface Pace {
  readonly contentMs?: number;
  readonly endMs?: number;
}

/** The server of this process: whatever happens to the process of a client, it answers on time. */
export class Service implements AsyncDisposable {
  readonly #bedrock: PlainBedrock;
  #lateMs = 0;
  #waiting: { readonly calls: number; readonly resolve: () => void }[] = [];

  private constructor(bedrock: PlainBedrock) {
    this.#bedrock = bedrock;
  }

  static async start(httpVersion: HttpVersion, pace: Pace = {}): Promise<Service> {
    const service: Service = new Service(
      await startPlainBedrock(
        httpVersion,
        () => performance.now(),
        (call) => service.#serve(call, pace),
      ),
    );
    return service;
  }

  get endpoint(): string {
    return this.#bedrock.endpoint;
  }

  /** Calls that have arrived, when each came, oldest first. */
  get calls(): readonly Call[] {
    return this.#bedrock.calls;
  }

  /** By how much an answer was late at most: what a busy machine takes away from the test, not from the client. */
  get lateMs(): number {
    return this.#lateMs;
  }

  serves(routes: readonly ServedRoute[], spread: Spread, seed: number): void {
    for (const [place, { modelId, medianMs, sigma }] of routes.entries()) {
      const chance = new Chance(seed, place);
      const factor =
        spread === "uniform" ? () => 0.85 + 0.3 * chance.next() : () => Math.exp(sigma * standardNormal(chance));
      this.#bedrock.behave(modelId, { kind: "answers", ttfbMs: () => medianMs * factor() });
    }
  }

  /** What arrives there from now on is never answered. */
  hangs(...modelIds: readonly string[]): void {
    for (const modelId of modelIds) this.#bedrock.behave(modelId, { kind: "hangs", after: "nothing" });
  }

  /** Resolves when so many calls have arrived, from the first one on. */
  arrived(calls: number): Promise<void> {
    if (this.calls.length >= calls) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ calls, resolve }));
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#bedrock[Symbol.asyncDispose]();
  }

  #serve(call: Call, { contentMs = 0, endMs = 0 }: Pace): void {
    this.#waiting = this.#waiting.filter(({ calls, resolve }) => {
      if (calls <= this.calls.length) resolve();
      return calls > this.calls.length;
    });
    if (call.dueAtMs === Number.POSITIVE_INFINITY) return;
    const steps: (readonly [atMs: number, send: () => void])[] = [
      [call.dueAtMs, () => call.answer("role")],
      [call.dueAtMs + contentMs, () => call.answer("content")],
      [call.dueAtMs + contentMs + endMs, () => call.answer()],
    ];
    const go = (): void => {
      const now = performance.now();
      while (steps[0] !== undefined && steps[0][0] <= now + 0.5) {
        const [dueMs, send] = steps.shift()!;
        this.#lateMs = Math.max(this.#lateMs, now - dueMs);
        send();
      }
      if (steps[0] !== undefined) setTimeout(go, steps[0][0] - now).unref();
    };
    go();
  }
}

/** Box and Muller. */
function standardNormal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next());
}
