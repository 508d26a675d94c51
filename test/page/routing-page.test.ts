import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartOption } from "../../src/page/chart-option.ts";
import { assemblePage, type RoutingPage } from "../../src/page/routing-page.ts";
import type { PageData } from "../../src/page/sections.ts";
import { routeOf } from "../support/routes.ts";
import { openWire, type Wire, type WireOptions } from "../support/wire.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const NO_SCRIPT = pathToFileURL("/nowhere/script.js");

interface PageStage extends Wire {
  readonly page: RoutingPage;
  data(): Promise<PageData>;
  ask(modelId: string, streaming?: boolean): Promise<unknown>;
}

async function openPage(options: WireOptions = {}, script: URL = NO_SCRIPT): Promise<PageStage> {
  const wire = await openWire(options);
  const page = assemblePage(wire.client, wire.clock, script);
  return {
    ...wire,
    page,
    data: async () => (await (await page(new Request("http://x/?part=data"))).json()) as PageData,
    async ask(modelId, streaming = true) {
      const input = { modelId, messages: [{ role: "user" as const, content: [{ text: "a secret question" }] }] };
      if (!streaming) return wire.client.send(new ConverseCommand(input));
      const { stream } = await wire.client.send(new ConverseStreamCommand(input));
      for await (const _ of stream ?? []);
      return undefined;
    },
    async [Symbol.asyncDispose]() {
      page.close();
      await wire[Symbol.asyncDispose]();
    },
  };
}

const factsOf = ({ facts }: PageData): string[] =>
  [...facts.matchAll(/<b>([^<]*)<\/b>([^<]*)/g)].map(([, value, name]) => `${value} ${name}`);

describe("the page", () => {
  it("shows routes, failures, cooldowns and what happened", async () => {
    await using stage = await openPage({ simulator: { answer: () => "a secret answer" } });
    stage.simulator.enqueue({ kind: "throttle", limit: "tokens" });
    await stage.ask(SONNET);
    await stage.ask(SONNET, false);
    const data = await stage.data();
    expect(factsOf(data).slice(0, 4)).toEqual(["2 requests", "0 failed", "1 failovers", "0 of 0 backups won"]);
    expect(factsOf(data).at(-1)).toBe("1 cooldowns");
    expect(data.waiting).toContain(`${SONNET}, eu from eu-central-1`);
    expect(data.waiting).toContain("tokens-per-minute");
    const [model] = data.models;
    expect(model?.model).toBe(SONNET);
    expect(model?.routes).toMatch(/eu from eu-central-1 — waits [\d.]+ s: tokens-per-minute/);
    expect(model?.routes).toContain("throttled 1");
    expect(model?.plan).toContain(`<b>global.${SONNET} from eu-central-1</b>`);
    expect(model?.plan).toMatch(/not-a-source-region/);
    expect(data.news.map(({ text }) => text).join("\n")).toMatch(/Failover from eu\./);
    expect(JSON.stringify(data)).not.toMatch(/secret/);
  });

  it("forgets what is older than a quarter of an hour", async () => {
    await using stage = await openPage();
    await stage.ask(SONNET);
    await stage.clock.advance(915_001);
    const data = await stage.data();
    expect(factsOf(data)[0]).toBe("0 requests");
    expect(data.models[0]?.charts.ttfb).toMatchObject({ series: [] });
  });

  it("counts requests that fail or may not be sent", async () => {
    await using stage = await openPage({ routing: { residency: "us" } });
    await expect(stage.ask(SONNET)).rejects.toThrow(/No route/);
    const data = await stage.data();
    expect(factsOf(data).slice(0, 2)).toEqual(["1 requests", "1 failed"]);
    expect(data.models[0]?.plan).toMatch(/Not allowed, or not possible/);
  });

  it("shows names as text, whatever they hold, and no account", async () => {
    await using stage = await openPage({
      simulator: {
        applicationProfiles: [{ id: "abcdef123456", sourceRegion: "eu-central-1", copyFrom: `eu.${SONNET}` }],
      },
    });
    await stage.ask("x.<img src=x onerror=alert(1)>").catch(() => {});
    await stage.ask("arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abcdef123456");
    const text = JSON.stringify(await stage.data());
    expect(text).not.toMatch(/<img/);
    expect(text).toMatch(/application-inference-profile\/abcdef123456/);
    expect(text).not.toMatch(/111122223333/);
  });

  it("stays small, whatever is asked", async () => {
    await using stage = await openPage();
    for (let model = 0; model < 40; model += 1) await stage.ask(`vendor.model-${model}`).catch(() => {});
    const { models, news } = await stage.data();
    expect(models.length).toBe(12);
    expect(news.length).toBe(40);
  });

  it("loads nothing from elsewhere, and hands its query on to its script", async () => {
    await using stage = await openPage();
    const response = await stage.page(new Request('http://x/routing?token=a&x="><b>'));
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'/);
    const html = await response.text();
    expect(html).toContain('<script src="?token=a&amp;x=%22%3E%3Cb%3E&amp;part=script" defer>');
    expect(html).not.toMatch(/https?:\/\//);
    expect((await stage.page(new Request("http://x/", { method: "POST" }))).status).toBe(405);
  });

  it("listens on a server of Node.js", async () => {
    await using stage = await openPage();
    const server = createServer(stage.page.listener);
    const response = await fetch(await addressOf(server));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    // What would be no URL, and no method of `fetch`.
    for (const [method, path] of [
      ["GET", "//"],
      ["HEAD", "//x:y/?part=data"],
      ["TRACE", "/"],
    ] as const) {
      const { port } = server.address() as AddressInfo;
      const request = httpRequest({ host: "127.0.0.1", port, method, path }).end();
      const [answer] = (await once(request, "response")) as [IncomingMessage];
      answer.resume();
      expect(answer.statusCode).toBe(method === "TRACE" ? 405 : 200);
    }
    server.close();
  });
});

describe("a chart", () => {
  const step = (at: number, ...ttfb: number[]) => ({ at, ttfb, total: ttfb.map((ms) => ms * 2) });
  const lines = (option: object) => (option as { series: { name: string; data: unknown[] }[] }).series;

  it("has the median and the 95th percentile of each step, and no line over a gap", () => {
    const steps = [step(0, 30, 10, 20), step(15_000, 40), step(600_000, 50)];
    const [median, high] = lines(chartOption([{ route: routeOf("us"), streaming: true, steps }], "ttfb", 700_000));
    expect(median?.data).toEqual([
      [7_500, 20],
      [22_500, 40],
      [30_000, null],
      [607_500, 50],
    ]);
    expect(high?.data[0]).toEqual([7_500, 30]);
  });

  it("keeps answers that are not streamed out of the first bytes of those that are", () => {
    const route = routeOf("us");
    const series = [true, false].map((streaming) => ({ route, streaming, steps: [step(0, 10)] }));
    expect(lines(chartOption(series, "ttfb", 1_000))).toHaveLength(2);
    expect(lines(chartOption(series, "total", 1_000)).map(({ name }) => name)).toEqual([
      ...Array(2).fill("us from us-east-1, streamed"),
      ...Array(2).fill("us from us-east-1, not streamed"),
    ]);
  });
});

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (CHROMIUM === undefined) console.warn("SKIPPED: the page in a browser: there is no Chromium here");

describe.skipIf(CHROMIUM === undefined)("the page in a browser", () => {
  let folder = "";
  let script: URL;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "page-"));
    const outfile = join(folder, "script.js");
    const entry = resolve(import.meta.dirname, "../../src/page/browser/main.ts");
    await build({ entryPoints: [entry], bundle: true, format: "iife", platform: "browser", outfile });
    script = pathToFileURL(outfile);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The document after some seconds, what was asked for it, and what the browser complained of. */
  async function rendered({ page }: PageStage, query: string) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      page.listener(request, response);
    });
    const { stdout: document, stderr } = await promisify(execFile)(
      CHROMIUM ?? "",
      [
        ...["--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--log-level=0"],
        ...[`--user-data-dir=${join(folder, "profile")}`, "--virtual-time-budget=5000", "--dump-dom"],
        `${await addressOf(server)}/${query}`,
      ],
      { maxBuffer: 50_000_000, timeout: 60_000 },
    );
    server.close();
    return {
      document,
      asked,
      complaints: stderr.split("\n").filter((line) => /CONSOLE.*(?:Error|Refused|violates)/.test(line)),
    };
  }

  it("draws charts, tables and plans, and calls nobody else", async () => {
    await using stage = await openPage({}, script);
    stage.simulator.enqueue({ kind: "throttle" });
    for (let request = 0; request < 3; request += 1) await stage.ask(SONNET);
    const { document, asked, complaints } = await rendered(stage, "?token=t");
    expect(document).toContain("● live");
    expect(document.match(/<svg/g)?.length).toBe(2);
    expect(document).toMatch(/<svg[\s\S]*stroke="var\(--global\)"/);
    expect(document).toContain(`<h2>${SONNET}</h2>`);
    expect(document).toContain("The plan as it stands now");
    expect(document).toMatch(/Failover from eu\./);
    expect(complaints).toEqual([]);
    expect(asked.filter((url) => url !== "/favicon.ico" && !url.startsWith("/?token=t"))).toEqual([]);
    expect(asked.filter((url) => url.endsWith("part=data")).length).toBeGreaterThan(1);
  }, 90_000);

  it("shows a hostile name as text in headings, charts, tables and plans", async () => {
    const hostile = `anthropic.</script><img/src=x/onerror=document.title='pwned'><svg/onload="document.title='pwned'">`;
    await using stage = await openPage({}, script);
    // A service that answers to any name, and an error that quotes one.
    stage.simulator.enqueue({ kind: "respond", status: 200, headers: {}, body: "{}" });
    await stage.ask(hostile, false);
    await stage.ask(`x.${hostile}`, false).catch(() => {});
    const { document, complaints } = await rendered(stage, `?token=${encodeURIComponent(hostile)}`);
    const asText = hostile.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    expect(document).toContain(`<h2>${asText}</h2>`);
    expect(document).toMatch(/<title>Amazon Bedrock: what the router sees<\/title>/);
    expect(document).not.toMatch(/<img|<svg\/onload/);
    expect(complaints).toEqual([]);
  }, 90_000);

  it("has a script without code made of text, which the policy of the page forbids", async () => {
    expect(await readFile(script, "utf8")).not.toMatch(/\beval\(|new Function\b/);
  });
});

async function addressOf(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
