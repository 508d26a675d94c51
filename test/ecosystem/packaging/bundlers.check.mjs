/**
 * An application outside the repository, with this package and the SDK and nothing else: what a user's first build sees.
 * Every bundler gets it as it is, without a word about what to leave out, and the result runs where no packages are.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import nodeResolve from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import webpack from "webpack";
import { EXPECTED } from "../application/expected.mjs";

const { APPLICATION, COMPLETE } = process.env;
const OPTIONAL = "@aws-sdk/client-bedrock";
const folder = mkdtempSync(join(tmpdir(), "bundles-"));
after(() => rmSync(folder, { recursive: true }));

const BUNDLERS = { esbuild: withEsbuild, webpack: withWebpack, rollup: withRollup };

describe("an application without the optional package", () => {
  test("does not have it, nor finds it in a folder above", () => {
    for (let above = APPLICATION; above !== resolve(above, ".."); above = resolve(above, "..")) {
      assert.ok(!existsSync(join(above, "node_modules", OPTIONAL)), above);
    }
  });

  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    for (const [source, format] of [
      ["index.mjs", "esm"],
      ["index.cjs", "cjs"],
    ]) {
      test(`${source} is bundled by ${name} as ${format}, minified, and runs`, async () => {
        const outDir = join(folder, `${name}-${source}-${format}`);
        const { file, warnings } = await bundle(join(APPLICATION, source), format, outDir);
        assert.deepEqual(
          warnings.filter((text) => !text.includes(OPTIONAL)),
          [],
        );
        assert.deepEqual(await run(file), EXPECTED);
      });
    }
  }

  test("has it in the bundle where it is installed", async () => {
    const { file } = await withEsbuild(join(COMPLETE, "index.mjs"), "cjs", join(folder, "installed"));
    assert.deepEqual(await run(file), { ...EXPECTED, catalog: ["refreshed"] });
  });
});

function esbuildOptions(entry, format) {
  return {
    ...{ entryPoints: [entry], format, bundle: true, minify: true, platform: "node", target: "node20" },
    ...{ logLevel: "silent", tsconfigRaw: "{}" },
    // The CommonJS build of the SDK, in an ES module, lacks `require`.
    ...(format === "esm" ? { mainFields: ["module", "main"] } : {}),
  };
}

async function withEsbuild(entry, format, outDir) {
  const outfile = join(outDir, format === "esm" ? "main.mjs" : "main.cjs");
  const { warnings } = await esbuild.build({ ...esbuildOptions(entry, format), outfile });
  return { file: outfile, warnings: warnings.map(({ text }) => text) };
}

async function withWebpack(entry, format, outDir) {
  const isModule = format === "esm";
  const filename = isModule ? "main.mjs" : "main.cjs";
  const compiler = webpack({
    ...{ context: APPLICATION, entry, mode: "production", target: "node20" },
    ...(isModule ? { experiments: { outputModule: true } } : {}),
    output: { path: outDir, filename, ...(isModule ? { module: true, chunkFormat: "module" } : {}) },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  assert.deepEqual(
    errors.map(({ message }) => message),
    [],
  );
  return { file: join(outDir, filename), warnings: warnings.map(({ message }) => message) };
}

async function withRollup(entry, format, outDir) {
  const warnings = [];
  const bundle = await rollup({
    input: entry,
    plugins: [nodeResolve({ preferBuiltins: true, exportConditions: ["node"] }), commonjs(), json()],
    onwarn: ({ code, message }) => {
      // The SDK's own.
      if (code !== "CIRCULAR_DEPENDENCY" && code !== "THIS_IS_UNDEFINED") warnings.push(message);
    },
  });
  const entryFileNames = format === "esm" ? "main.mjs" : "main.cjs";
  await bundle.write({ dir: outDir, format, entryFileNames, plugins: [terser()] });
  await bundle.close();
  return { file: join(outDir, entryFileNames), warnings };
}

/** Runs a bundle; resolves with what it printed. */
async function run(file) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], {
    cwd: folder,
    timeout: 60_000,
  }).catch((error) => {
    // Node.js prints the line that threw: of a bundle, that is a large part of it.
    throw new Error(`${file} failed: ${/^.{0,200}(?:Error|Exception)\b.{0,500}/m.exec(error.stderr)?.[0]}`);
  });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}
