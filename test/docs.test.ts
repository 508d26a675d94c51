import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { OPERATIONS } from "../src/client/operations.ts";
import { channels } from "../src/router/channels.ts";
import {
  COOLDOWNS,
  type CooldownRule,
  FAMILIES,
  FAMILY_TEXTS,
  type FailureFamily,
} from "../src/types/failure-family.ts";
import { runNode } from "./support/run-node.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** What the package contains. */
const SHIPPED = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];
const PAGES = [...SHIPPED, "CONTRIBUTING.md", "SECURITY.md"];

describe("the documentation", () => {
  it("has code samples that compile against the source", () => {
    const samples = PAGES.flatMap((page) => fencedBlocks(page, "ts")).filter(
      ({ code }) => !code.startsWith("// fragment"),
    );
    expect(samples.length).toBeGreaterThan(10);
    expect(typeErrors(samples)).toEqual([]);
  }, 120_000);

  it("links to files and headings that exist", () => {
    expect(PAGES.flatMap(brokenLinks)).toEqual([]);
  });

  it("can be read in the package: the pages link to each other alone, and the README, shown elsewhere, to no file", () => {
    const leaving = SHIPPED.flatMap((page) =>
      relativeLinks(page)
        .map((target) => target.replace(/#.*$/, ""))
        .filter((path) => path !== "")
        .map((path) => relative(ROOT, resolve(ROOT, dirname(page), path)))
        .filter((path) => page === "README.md" || !(path.startsWith("docs/") || SHIPPED.includes(path)))
        .map((path) => `${page} -> ${path}`),
    );
    expect(leaving).toEqual([]);
    const named = [...read("README.md").matchAll(/`((?:docs\/)?[\w-]+\.md)`/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, "docs", path)))).toEqual([]);
  });

  it("shows plans and policies as the command prints them", async () => {
    const shown = PAGES.flatMap((page) => fencedBlocks(page, "console"));
    expect(shown.length).toBeGreaterThan(0);
    await Promise.all(
      shown.map(async ({ page, line, code }) => {
        const [command = "", ...output] = code.trimEnd().split("\n");
        const args = /^\$ npx bedrock-routed-client ((?:plan|iam) .+)$/.exec(command)?.[1]?.split(" ") ?? [];
        const { stdout } = await runNode(["src/cli/main.ts", ...args]);
        expect({ at: `${page}:${line}`, output: stdout.trimEnd().split("\n") }).toEqual({
          at: `${page}:${line}`,
          output,
        });
      }),
    );
  });

  it("has the table of failure families that the code has", () => {
    const block = /<!-- families -->\n(.*?)\n<!-- end of families -->/s.exec(read("docs/errors-and-failover.md"))?.[1];
    expect(block).toBe(familyTable());
  });

  it("names every operation and every event", () => {
    const routing = read("docs/routing.md");
    const statistics = read("docs/statistics.md");
    expect(Object.keys(OPERATIONS).filter((operation) => !routing.includes(`\`${operation}\``))).toEqual([]);
    expect(Object.keys(channels).filter((event) => !statistics.includes(`| \`${event}\` |`))).toEqual([]);
  });
});

/** The table of families, as the record has them. */
function familyTable(): string {
  const rows = (Object.keys(FAMILIES) as FailureFamily[]).map((family) => {
    const { kind, invalidWhen, cooldown } = FAMILIES[family];
    const place = { instead: "instead or moved", moved: "when moved", away: "away" };
    const elsewhere = invalidWhen === undefined ? "" : `; invalid-route ${place[invalidWhen]}`;
    const postponed = cooldown === undefined ? "" : duration(COOLDOWNS[cooldown]);
    return `| \`${family}\` | ${FAMILY_TEXTS[family].says} | ${kind}${elsewhere} | ${postponed} |`;
  });
  return ["| family | what is said | kind | postpones |", "|---|---|---|---|", ...rows].join("\n");
}

const SCOPES: Readonly<Record<string, string>> = { region: "source Region", model: "model in the source Region" };

function duration({ scope, baseMs, capMs }: CooldownRule): string {
  const units = [
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const;
  const spelled = (ms: number): string => {
    const [unit, size] = units.find(([, length]) => ms % length === 0 && ms >= length) ?? ["ms", 1];
    return `${ms / size} ${unit}`;
  };
  return `${SCOPES[scope] ?? scope}, ${spelled(baseMs)} to ${spelled(capMs)}`;
}

interface Block {
  readonly page: string;
  /** Of the first line of the code, counted from 1. */
  readonly line: number;
  readonly code: string;
}

function fencedBlocks(page: string, language: string): Block[] {
  const text = read(page);
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length + 1,
    code: match[1] ?? "",
  }));
}

/** Each sample is a module of its own beside its page, moved down to the line where it stands there. */
function typeErrors(samples: readonly Block[]): string[] {
  const modules = new Map(
    samples.map(({ page, line, code }) => [join(ROOT, `${page}.${line}.ts`), "\n".repeat(line - 1) + code]),
  );
  const host = ts.createCompilerHost(compilerOptions());
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => modules.has(file) || fileExists(file);
  host.readFile = (file) => modules.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const text = modules.get(file);
    return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, rest[0]);
  };
  const program = ts.createProgram([...modules.keys()], compilerOptions(), host);
  return [...modules.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start, messageText }) => {
        const line = (source?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0) + 1;
        return `${relative(ROOT, file).replace(/\.\d+\.ts$/, "")}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      },
    );
  });
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
  // A sample may show a value without using it.
  return {
    ...options,
    noUnusedLocals: false,
    declaration: false,
    isolatedDeclarations: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
}

function relativeLinks(page: string): string[] {
  const prose = read(page).replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((to) => !/^https?:/.test(to));
}

function brokenLinks(page: string): string[] {
  return relativeLinks(page).flatMap((target) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
    const reaches =
      existsSync(file) && (anchor === undefined || (statSync(file).isFile() && anchorsOf(file).has(anchor)));
    return reaches ? [] : [`${page} -> ${target}`];
  });
}

/** Anchors as GitHub makes them: lower case, no punctuation, hyphens for spaces, a number from the second one on. */
function anchorsOf(file: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const prose = readFileSync(file, "utf8").replace(/^```[\s\S]*?^```$/gm, "");
  for (const [, heading = ""] of prose.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}
