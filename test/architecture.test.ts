import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const generated = (file: string): boolean => file.endsWith(".generated.ts") || file.startsWith("profiles/data/");

/** Layers, top first: a file may import from its own layer's folder and from the folders that its row names. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cli: [
    "root",
    "access",
    "doctor",
    "logs",
    "lab",
    "client",
    "dispatch",
    "plan",
    "health",
    "profiles",
    "simulator",
    "options",
    "shared",
  ],
  root: ["client", "dispatch", "plan", "health", "profiles", "options", "shared"],
  access: ["profiles", "shared"],
  doctor: ["dispatch", "profiles", "shared"],
  logs: ["plan", "health", "profiles", "options", "shared"],
  client: ["dispatch", "plan", "health", "profiles", "options", "shared"],
  dispatch: ["health", "shared"],
  lab: ["dispatch", "plan", "profiles", "options", "shared"],
  plan: ["profiles", "options", "shared"],
  health: ["shared"],
  simulator: ["profiles", "clock"],
  profiles: ["route", "token-price"],
  options: ["plan", "profiles", "shared"],
  shared: ["shared"],
};

/** Files directly under src/ that wire folders together; all others there are shared nouns. */
const ROOT = ["index.ts", "create-routed-client.ts"];
const OPTIONS = [
  "options.ts",
  "catalog-from.ts",
  "check-region.ts",
  "resolve-catalog.ts",
  "resolve-endpoints.ts",
  "resolve-options.ts",
  "resolve-policy.ts",
  "resolve-priors.ts",
  "resolve-first-byte.ts",
  "resolve-by-model.ts",
  "resolve-routes.ts",
  "resolve-prices.ts",
];

describe("the source tree", () => {
  it("imports down the layers only", () => {
    const violations = edges().filter(({ from, to }) => {
      const layer = layerOf(from);
      if (layer === layerOf(to) && layer !== "shared") return false;
      const allowed = MAY_IMPORT[layer] ?? [];
      return !allowed.includes(layerOf(to)) && !allowed.includes(to.replace(/\.ts$/, ""));
    });
    expect(violations.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it("has no import cycles between files at run time", () => {
    const graph = new Map<string, string[]>();
    for (const { from, to, typeOnly } of edges()) if (!typeOnly) graph.set(from, [...(graph.get(from) ?? []), to]);
    expect([...graph.keys()].flatMap((file) => cycleFrom(file, graph))).toEqual([]);
  });

  it("imports the AWS SDK by value in the client folder alone", () => {
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
      if (generated(file) || ["clock.ts", "create-routed-client.ts"].includes(file) || file.startsWith("cli/"))
        return false;
      return /\b(Date\.now|performance\.now|Math\.random)\b/.test(read(file));
    });
    expect(offenders).toEqual([]);
  });

  it("keeps every file readable in one sitting", () => {
    const long = files.filter((file) => !generated(file) && read(file).split("\n").length > 251);
    expect(long).toEqual([]);
  });

  it("has a test beside every file that holds behaviour, under the same name", () => {
    const missing = files.filter((file) => {
      if (generated(file) || file.endsWith("index.ts") || file.startsWith("cli/") || isTypesOnly(file)) return false;
      return !existsSync(join(import.meta.dirname, file.replace(/\.ts$/, ".test.ts")));
    });
    expect(missing).toEqual([]);
  });
});

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function edges(): Edge[] {
  return files.flatMap((from) =>
    [...read(from).matchAll(/^(?:import|export) (type )?[^;]*?from "(\.[^"]+)"/gm)].flatMap(([, type, path]) => {
      const to = relative(SRC, resolve(SRC, dirname(from), path ?? ""));
      return to.startsWith("..") ? [] : [{ from, to, typeOnly: type !== undefined }];
    }),
  );
}

function layerOf(file: string): string {
  if (file.includes("/")) return file.slice(0, file.indexOf("/"));
  if (ROOT.includes(file)) return "root";
  return OPTIONS.includes(file) ? "options" : "shared";
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

function isTypesOnly(file: string): boolean {
  return !/^(export )?(async )?(function|class)\b|^export const/m.test(read(file));
}

function read(file: string): string {
  return readFileSync(join(SRC, file), "utf8");
}
