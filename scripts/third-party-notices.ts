import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Metafile, Plugin } from "esbuild";

/** The licences of what is bundled go with it: they ask that every copy carries them. */
export const NOTICES = "THIRD-PARTY-NOTICES.txt";

/** Of all builds of one run: they end one after the other, and the last one knows everything. */
const bundled = new Map<string, Dependency>();

interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly texts: readonly string[];
}

/**
 * Writes the licences and notices of every package of which a build takes something over.
 * @throws when one of them has no licence text
 */
export function thirdPartyNotices(outDir: string): Plugin {
  return {
    name: "third-party-notices",
    setup(build): void {
      build.onEnd(({ metafile }) => {
        if (metafile === undefined) return;
        for (const folder of packagesIn(metafile)) {
          const dependency = readDependency(folder);
          bundled.set(`${dependency.name} ${dependency.version}`, dependency);
        }
        mkdirSync(outDir, { recursive: true });
        writeFileSync(join(outDir, NOTICES), noticesOf([...bundled.values()]));
      });
    },
  };
}

/** The folders of the packages that a build has taken something from. */
export function packagesIn(metafile: Metafile): ReadonlySet<string> {
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return new Set(inputs.filter((path) => path.includes("node_modules/")).map(packageOf));
}

function packageOf(path: string): string {
  const folder = dirname(path);
  const manifest = join(folder, "package.json");
  // Some packages say the format of a folder in a package.json without a name.
  return existsSync(manifest) && "version" in readJson(manifest) ? folder : packageOf(folder);
}

function readDependency(folder: string): Dependency {
  const { name, version, license } = readJson(join(folder, "package.json"));
  const texts = licenceFiles(folder).map((file) => readFileSync(file, "utf8").trim());
  if (texts.length === 0) throw new Error(`${name} ${version} is bundled, but its package has no licence text`);
  return { name: String(name), version: String(version), license: String(license), texts };
}

/** Licence, notices, and what a `licenses` folder says about code that the package itself has taken over. */
function licenceFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^(?:licen[cs]es?|notice|copying)(?:[.-].*)?$/i.test(name))
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path]));
}

function noticesOf(dependencies: readonly Dependency[]): string {
  const sorted = dependencies.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [
    "This package contains code of the following packages, under their own licences.\n",
    ...sorted.map(({ name, version, license, texts }) =>
      [RULE, `${name} ${version} (${license})`, RULE, "", ...texts.map((text) => `${text}\n`)].join("\n"),
    ),
  ].join("\n");
}

const RULE = "-".repeat(80);

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
}
