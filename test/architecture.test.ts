import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const generated = (file: string): boolean => file.endsWith(".generated.ts") || file.startsWith("profiles/data/");

/** What a room may import beside itself. Imports point down only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  util: [],
  types: ["util"],
  profiles: ["types", "util"],
  plan: ["profiles", "types", "util"],
  options: ["plan", "profiles", "types", "util"],
  failures: ["types", "util"],
  health: ["types", "util"],
  dispatch: ["health", "failures", "types", "util"],
  router: ["dispatch", "health", "failures", "options", "plan", "profiles", "types", "util"],
  client: ["log", "router", "dispatch", "health", "failures", "options", "plan", "profiles", "types", "util"],
  store: ["health", "types", "util"],
  otel: ["types", "util"],
  log: ["types", "util"],
  fetch: ["client", "router", "dispatch", "health", "failures", "options", "plan", "profiles", "types", "util"],
  page: ["client", "router", "log", "types", "util"],
  simulator: ["profiles", "types", "util"],
};
/** The command may use every room, `index.ts` too. */
const TOP = ["cli", "index.ts"];

describe("the source tree", () => {
  it("imports down the layers only", () => {
    const violations = edges().filter(({ from, to }) => {
      const [room, target] = [roomOf(from), roomOf(to)];
      return room !== target && !TOP.includes(room) && !MAY_IMPORT[room]?.includes(target);
    });
    expect(violations.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it("has no import cycles between files, not of types either", () => {
    const graph = new Map<string, string[]>();
    for (const { from, to } of edges()) graph.set(from, [...(graph.get(from) ?? []), to]);
    expect([...graph.keys()].flatMap((file) => cycleFrom(file, graph))).toEqual([]);
  });

  it("imports the AWS SDK by value in the client room alone", () => {
    const offenders = files.filter((file) => {
      if (file.startsWith("client/") || file.startsWith("cli/") || file.startsWith("simulator/")) return false;
      return /^import (?!type)[^;]*from "@aws-sdk\//m.test(read(file));
    });
    expect(offenders).toEqual([]);
  });

  it("keeps the simulator free of the AWS SDK's clients", () => {
    const offenders = files.filter(
      (file) => file.startsWith("simulator/") && /^import (?!type)[^;]*from "@aws-sdk\/client-/m.test(read(file)),
    );
    expect(offenders).toEqual([]);
  });

  it("reads time and chance only where they are handed in", () => {
    const offenders = files.filter((file) => {
      if (
        generated(file) ||
        ["util/clock.ts", "client/create-routed-client.ts"].includes(file) ||
        file.startsWith("cli/")
      )
        return false;
      return /\b(Date\.now|performance\.now|Math\.random)\b/.test(read(file));
    });
    expect(offenders).toEqual([]);
  });
});

interface Edge {
  readonly from: string;
  readonly to: string;
}

function edges(): Edge[] {
  return files.flatMap((from) =>
    [...read(from).matchAll(/^(?:import|export) [^;]*?from "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm)].flatMap((match) => {
      const to = relative(SRC, resolve(SRC, dirname(from), match[1] ?? match[2] ?? ""));
      return to.startsWith("..") ? [] : [{ from, to }];
    }),
  );
}

function roomOf(file: string): string {
  return file.split("/")[0] ?? file;
}

function cycleFrom(start: string, graph: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>();
  const queue = [...(graph.get(start) ?? [])];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (file === start) return [start];
    if (seen.has(file)) continue;
    seen.add(file);
    queue.push(...(graph.get(file) ?? []));
  }
  return [];
}

function read(file: string): string {
  return readFileSync(join(SRC, file), "utf8");
}
