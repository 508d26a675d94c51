import { arrivalsOf } from "./arrivals.ts";
import type { BenchClient, Contender } from "./contender.ts";
import { Environment } from "./environment.ts";
import { Flight, type Landing } from "./flight.ts";
import { Sequence } from "./luck.ts";
import type { Regime } from "./regime.ts";
import { VirtualTime } from "./virtual-time.ts";

/** How long a short-lived process takes to start. */
const START_UP_MS = 300;

/** The caller's patience. */
const GIVE_UP_MS = 300_000;

/** Plays one regime with one contender under one seed. The landings come in the order of the arrivals. */
export async function runRegime(regime: Regime, contender: Contender, seed: number): Promise<readonly Landing[]> {
  const clock = new VirtualTime(regime);
  const environment = new Environment(regime, seed);
  const arrivals = arrivalsOf(regime, seed);
  const clients: BenchClient[] = [];
  const flights: Flight[] = [];
  const giveUps: (() => void)[] = [];

  const clientOf = (client: number): BenchClient => {
    clients[client] ??= contender.makeClient({
      regime,
      clock,
      random: randomOf(seed, client),
      randomBeside: randomOf(seed, BESIDE + client),
      environment,
    });
    return clients[client];
  };

  const arrive = (): void => {
    const id = flights.length;
    const arrival = arrivals[id]!;
    const flight = new Flight(id, arrival, environment, clock, (ended) => giveUps[ended.id]?.());
    flights.push(flight);
    giveUps.push(clock.after(GIVE_UP_MS, () => flight.giveUp()));
    const next = arrivals[id + 1];
    if (next !== undefined) clock.arrive(next.atMs - clock.now(), arrive);
    clientOf(arrival.client).send(flight);
  };

  // A short-lived process starts for the sake of its first request.
  const starts = new Map(arrivals.toReversed().map(({ client, atMs }) => [client, atMs - START_UP_MS]));
  if (regime.load.kind === "short-lived") {
    for (const [client, atMs] of starts) clock.arrive(atMs, () => clientOf(client));
  }
  const first = arrivals[0];
  if (first !== undefined) clock.arrive(first.atMs, arrive);
  if (contender.usesPromises) await clock.playSettling();
  else clock.play();
  const lost = flights.find((flight) => !flight.ended);
  if (lost !== undefined) throw new Error(`${contender.name} never answered request ${lost.id} of ${regime.name}`);
  // Flights hold on to everything that took part in them.
  return flights.map(({ landing }) => landing);
}

const BESIDE = 500_000;

function randomOf(seed: number, client: number): () => number {
  const luck = new Sequence(seed, 10_000 + client);
  return () => luck.next();
}
