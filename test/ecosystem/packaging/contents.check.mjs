/** What is in the archive beside the code: licences, documents, and commands that start. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";

const PROJECT = resolve(import.meta.dirname, "../../..");
const { APPLICATION, ARCHIVE } = process.env;
const installed = join(APPLICATION, "node_modules/bedrock-routed-client");
const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
const empty = mkdtempSync(join(tmpdir(), "empty-"));
after(() => rmSync(empty, { recursive: true }));

describe("the package", () => {
  test("carries the licence and the notices of every package that is bundled into it", async () => {
    const notices = readFileSync(join(installed, "dist/THIRD-PARTY-NOTICES.txt"), "utf8");
    const bundled = await bundledPackages();
    assert.ok(bundled.length >= 10, bundled.join(", "));
    for (const folder of bundled) {
      const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      assert.ok(notices.includes(`\n${name} ${version} (`), `${name} ${version}`);
      const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file) && file !== "licenses");
      assert.ok(texts.length > 0, name);
      for (const file of texts) {
        assert.ok(notices.includes(readFileSync(join(folder, file), "utf8").trim()), `${name}/${file}`);
      }
    }
    assert.match(notices, /^Apache ECharts\nCopyright .* The Apache Software Foundation/m);
  });

  test("has its licence, its documents and what they link to", () => {
    assert.ok(existsSync(join(installed, "LICENSE")));
    const pages = ["README.md", "CHANGELOG.md", ...readdirSync(join(installed, "docs")).map((file) => `docs/${file}`)];
    const dead = pages
      .filter((page) => page.endsWith(".md"))
      .flatMap((page) =>
        [...proseOf(join(installed, page)).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
          .filter(([, target]) => !existsSync(join(installed, dirname(page), target)))
          .map(([, target]) => `${page} -> ${target}`),
      );
    assert.deepEqual(dead, []);
  });

  test("holds no source, test or configuration", () => {
    const files = readdirSync(installed, { recursive: true }).filter((file) =>
      /(^|\/)(src|test|node_modules)\//.test(file),
    );
    assert.deepEqual(files, []);
  });
});

describe("the command", () => {
  const PLAN = ["plan", "anthropic.claude-sonnet-4-6", "--region", "eu-central-1"];

  for (const name of Object.keys(manifest.bin)) {
    test(`is installed as ${name}`, async () => {
      const { stdout } = await promisify(execFile)(join(APPLICATION, "node_modules/.bin", name), PLAN, {
        cwd: APPLICATION,
      });
      assert.match(stdout, /eu\.anthropic\.claude-sonnet-4-6/);
    });
  }

  test("is what npx runs for the package, where nothing is installed", async () => {
    const { stdout } = await promisify(execFile)(
      "npx",
      ["--yes", "--prefer-offline", `bedrock-routed-client@file:${ARCHIVE}`, ...PLAN],
      {
        cwd: empty,
      },
    );
    assert.match(stdout, /eu\.anthropic\.claude-sonnet-4-6/);
  });

  test("says in its help how it is called from anywhere", async () => {
    const bin = join(APPLICATION, "node_modules/.bin/bedrock-routed-client");
    const { stdout } = await promisify(execFile)(bin, ["--help"], { cwd: APPLICATION });
    const commands = [...stdout.matchAll(/^ {2}([a-z-]+) \[options\]/gm)].map(([, name]) => name);
    assert.ok(commands.length >= 7, stdout);
    for (const name of commands) {
      const { stdout: help } = await promisify(execFile)(bin, [name, "--help"], { cwd: APPLICATION });
      assert.match(help, /^Usage: npx bedrock-routed-client /);
      assert.doesNotMatch(help, /\bbedrock-route\b/);
    }
  });
});

/** The folders of the packages whose code the entry points and the command contain, as esbuild sees the source. */
async function bundledPackages() {
  const esbuild = createRequire(import.meta.url)("esbuild");
  const entries = Object.keys(manifest.exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => (path === "." ? "src/index.ts" : join("src", path, "index.ts")));
  const { metafile } = await esbuild.build({
    absWorkingDir: PROJECT,
    entryPoints: [...entries, "src/cli/main.ts"],
    // As tsup reads packages.
    mainFields: ["module", "main"],
    ...{ bundle: true, platform: "node", format: "esm", splitting: true, outdir: "unwritten" },
    ...{ write: false, metafile: true, logLevel: "silent", tsconfigRaw: "{}" },
    external: [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)].flatMap((name) => [
      name,
      `${name}/*`,
    ]),
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  return [...new Set(folders)].map((folder) => join(PROJECT, folder));
}

/** A page without its code, in which brackets and parentheses are no link. */
function proseOf(page) {
  return readFileSync(page, "utf8").replaceAll(/^```.*?^```/gms, "");
}
