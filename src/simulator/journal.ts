import { matchesRequest, type RecordedRequest, type RequestMatch, type RequestOutcome } from "./recorded-request.ts";

/** What is known of a request when it arrives. */
export type RequestFacts = Omit<RecordedRequest, "number" | "outcome" | "ended">;

/** A request in the journal that is still being answered. */
export interface JournalEntry {
  readonly request: RecordedRequest;
  end(outcome: RequestOutcome): void;
}

interface Taker {
  readonly match: RequestMatch;
  take(request: RecordedRequest): void;
}

/** Everything that was received, oldest first, as far back as it keeps. */
export class Journal {
  readonly #keep: number;
  #received = 0;
  readonly #requests: RecordedRequest[] = [];
  readonly #untaken: RecordedRequest[] = [];
  #takers: readonly Taker[] = [];

  constructor(keep: number) {
    this.#keep = keep;
  }

  record(facts: RequestFacts): JournalEntry {
    this.#received += 1;
    const entry = createEntry(this.#received, facts);
    this.#append(this.#requests, entry.request);
    const taker = this.#takers.find(({ match }) => matchesRequest(entry.request, match));
    if (taker === undefined) this.#append(this.#untaken, entry.request);
    else {
      this.#takers = this.#takers.filter((other) => other !== taker);
      taker.take(entry.request);
    }
    return entry;
  }

  requests(match: RequestMatch): readonly RecordedRequest[] {
    return this.#requests.filter((request) => matchesRequest(request, match));
  }

  /** The oldest request that was not taken yet, or the next that arrives. */
  take(match: RequestMatch, signal?: AbortSignal): Promise<RecordedRequest> {
    const waiting = this.#untaken.findIndex((request) => matchesRequest(request, match));
    if (waiting >= 0) return Promise.resolve(this.#untaken.splice(waiting, 1)[0]!);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#takers = this.#takers.filter((other) => other !== taker);
        reject(signal?.reason);
      };
      const taker: Taker = {
        match,
        take(request) {
          signal?.removeEventListener("abort", onAbort);
          resolve(request);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#takers = [...this.#takers, taker];
    });
  }

  #append(requests: RecordedRequest[], request: RecordedRequest): void {
    requests.push(request);
    if (requests.length > this.#keep) requests.shift();
  }
}

function createEntry(number: number, facts: RequestFacts): JournalEntry {
  let outcome: RequestOutcome | undefined;
  let resolveEnded: (outcome: RequestOutcome) => void;
  const ended = new Promise<RequestOutcome>((resolve) => {
    resolveEnded = resolve;
  });
  const request: RecordedRequest = {
    number,
    ...facts,
    get outcome() {
      return outcome;
    },
    ended,
  };
  return {
    request: Object.freeze(request),
    end(final) {
      outcome = Object.freeze(final);
      resolveEnded(outcome);
    },
  };
}
