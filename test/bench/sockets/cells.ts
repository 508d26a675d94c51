import type { HttpVersion } from "../../support/wire.ts";
import type { ColdCell } from "./cold.ts";
import {
  blocked,
  blockedAtOnce,
  blockedOften,
  burst,
  frozen,
  frozenAfter,
  frozenIdle,
  type HeldUpCell,
} from "./held-up.ts";

const BOTH: readonly boolean[] = [true, false];

/** What the benchmark runs of fresh clients. */
export const COLD_CELLS: readonly Omit<ColdCell, "spread">[] = [
  ...[0.1, 1, 4, 8].flatMap((scale) =>
    [1, 10, 40].flatMap((atOnce) => BOTH.map((streaming) => ({ region: "eu-central-1", scale, atOnce, streaming }))),
  ),
  ...["us-east-1", "ap-northeast-1"].flatMap((region) =>
    BOTH.map((streaming) => ({ region, scale: 4, atOnce: 10, streaming })),
  ),
];

/** What becomes of a row of the table: the same trouble for streams and for unary calls. */
export type Trouble = Omit<HeldUpCell, "streaming">;

const H2: Pick<Trouble, "httpVersion" | "before"> = { httpVersion: "2", before: 40 };

export const TROUBLES: readonly Trouble[] = [
  ...[300, 2_000].flatMap((medianMs): readonly Trouble[] => [
    { ...H2, name: "frozen for 12 s, 40 in flight", medianMs, trouble: frozen(40, 12_000) },
    {
      ...H2,
      name: "frozen for 12 s, 40 in flight in a fresh process",
      medianMs,
      before: 0,
      trouble: frozen(40, 12_000),
    },
    { ...H2, name: "frozen for 12 s, 8 in flight", medianMs, trouble: frozen(8, 12_000) },
    { ...H2, name: "frozen for 12 s, none in flight", medianMs, trouble: frozenIdle(12_000) },
    { ...H2, name: "frozen for 45 s, 40 in flight", medianMs, trouble: frozen(40, 45_000) },
    { ...H2, name: "frozen for 12 s twice in a row, 40 in flight", medianMs, trouble: frozen(40, 12_000, 12_000) },
    {
      ...H2,
      name: "frozen for 12 s over HTTP/1.1, 40 in flight",
      medianMs,
      httpVersion: "1.1" as HttpVersion,
      trouble: frozen(40, 12_000),
    },
    { ...H2, name: "blocked for 5 s, 40 in flight", medianMs, trouble: blocked(40, 5_000) },
    { ...H2, name: "blocked for 5 s, 200 in flight", medianMs, trouble: blocked(200, 5_000) },
    { ...H2, name: "blocked for 5 s before 200 have left the process", medianMs, trouble: blockedAtOnce(200, 5_000) },
    {
      ...H2,
      name: "blocked for 1 s of 2 s ten times, 20 requests a second",
      medianMs,
      trouble: blockedOften(20, 1_000, 10, 2_000),
    },
    {
      ...H2,
      name: "blocked for 0.4 s of 1 s twenty times, 20 requests a second",
      medianMs,
      trouble: blockedOften(20, 400, 20, 1_000),
    },
  ]),
  {
    ...H2,
    name: "frozen between first event and content",
    medianMs: 300,
    pace: { contentMs: 2_000 },
    trouble: frozenAfter(40, 1_000, 12_000),
  },
  {
    ...H2,
    name: "frozen while streams are read",
    medianMs: 300,
    pace: { endMs: 2_000 },
    trouble: frozenAfter(40, 1_000, 12_000),
  },
  ...[200, 500, 1_000].flatMap((requests): readonly Trouble[] => [
    { ...H2, name: `burst of ${requests}`, medianMs: 100, trouble: burst(requests) },
    { ...H2, name: `burst of ${requests} in a fresh process`, medianMs: 100, before: 0, trouble: burst(requests) },
  ]),
];
