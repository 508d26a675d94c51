import { describe, expect, it } from "vitest";
import { RUNTIME, serviceOf } from "../../src/fetch/home.ts";
import { createRoutedFetch } from "../../src/fetch/index.ts";
import { createSimulator } from "../../src/simulator/index.ts";
import { GPT, messageOf, openFetch, SONNET } from "./stage.ts";

const of = (url: string, endpoints: readonly string[] = [], fips = false) =>
  serviceOf(new URL(url), "eu-central-1", endpoints, fips);

describe("the service of a URL", () => {
  it.each([
    "https://bedrock-runtime.eu-central-1.amazonaws.com/model/x/converse",
    "https://bedrock-runtime-fips.eu-central-1.amazonaws.com/model/x/converse",
    "https://bedrock-runtime.eu-central-1.api.aws/model/x/converse",
  ])("is the runtime of the home Region: %s", (url) => {
    expect(of(url)).toBe(RUNTIME);
  });

  it("is the runtime at an endpoint that the router was given", () => {
    const endpoint = "https://vpce-1.bedrock-runtime.eu-central-1.vpce.amazonaws.com";
    expect(of(`${endpoint}/model/x/converse`, [endpoint])).toBe(RUNTIME);
    expect(() => of(`${endpoint}/model/x/converse`)).toThrow(/VPC endpoint that the router does not know/);
  });

  it("is one of its own, with its own name to sign for", () => {
    expect(of("https://bedrock-mantle.eu-central-1.api.aws/v1/responses")).toMatchObject({
      hostname: "bedrock-mantle.eu-central-1.api.aws",
      signingName: "bedrock-mantle",
    });
    expect(of("https://bedrock-agent-runtime.eu-central-1.amazonaws.com/rerank")).toMatchObject({
      signingName: "bedrock",
    });
    expect(() => of("https://bedrock-mantle.eu-central-1.api.aws/v1", [], true)).toThrow(/must be a FIPS endpoint/);
  });

  it.each([
    [
      "https://bedrock-runtime.us-east-1.amazonaws.com/model/x/converse",
      /region of the library must be the home Region of the router, eu-central-1.*got "us-east-1"/,
    ],
    ["https://bedrock-mantle.us-east-1.api.aws/v1/responses", /got "us-east-1"/],
    ["https://example.com/model/x/converse", /baseURL must be an endpoint of Amazon Bedrock in eu-central-1/],
    ["https://bedrock-runtime.eu-central-1.amazonaws.com.example.com/model/x/converse", /baseURL/],
    ["https://example.com/bedrock-runtime.eu-central-1.amazonaws.com", /baseURL/],
    ["https://s3.eu-central-1.amazonaws.com/x", /baseURL/],
  ])("contradicts the router: %s", (url, message) => {
    expect(() => of(url)).toThrow(message);
  });
});

describe("a library's own Region", () => {
  it("is an error when the router has another one, before anything is sent", async () => {
    await using stage = await openFetch({ region: "eu-central-1" });
    const response = await stage.fetch("https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model: GPT, messages: [] }),
    });
    expect([response.status, await messageOf(response)]).toEqual([400, expect.stringContaining('got "us-east-1"')]);
    expect(stage.calls()).toEqual([]);
  });

  it("is an error when its endpoint is that of another source Region", async () => {
    const endpoints = { "eu-central-1": "https://home.example", "eu-west-1": "https://other.example" };
    const fetch = createRoutedFetch({ region: "eu-central-1", routing: { policy: "latency", endpoints } });
    const response = await fetch("https://other.example/model/x/converse", { method: "POST", body: "{}" });
    expect(await messageOf(response)).toMatch(/baseURL must be .*routing\.endpoints\["eu-central-1"\]/);
    fetch.client.destroy();
  });

  it("is ignored for the route when it is that of the router", async () => {
    await using stage = await openFetch({ region: "eu-central-1" });
    const response = await stage.fetch(`https://bedrock-runtime.eu-central-1.amazonaws.com/model/${SONNET}/converse`, {
      method: "POST",
      body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hi" }] }] }),
    });
    expect(response.status).toBe(200);
    expect(response.url).toBe(`https://bedrock-runtime.eu-central-1.amazonaws.com/model/${SONNET}/converse`);
  });
});

describe("what is not routed", () => {
  it("goes to the home Region, signed for it", async () => {
    await using stage = await openFetch({ region: "eu-central-1", routing: { sourceRegions: ["eu-west-1"] } });
    const guardrail = await stage.post("/guardrail/g1/version/1/apply", { source: "INPUT", content: [] });
    expect(await guardrail.json()).toMatchObject({ action: "NONE" });
    const jobs = await stage.fetch(`${stage.simulator.url}/async-invoke?maxResults=5`);
    expect(await jobs.json()).toEqual({ asyncInvokeSummaries: [] });
    expect(stage.simulator.requests()).toMatchObject([
      { operation: "ApplyGuardrail", sourceRegion: "eu-central-1", authentication: "signature" },
      { operation: "ListAsyncInvokes", sourceRegion: "eu-central-1", path: "/async-invoke?maxResults=5" },
    ]);
  });

  it("is answered as the service answers", async () => {
    await using stage = await openFetch({ region: "eu-central-1" });
    const response = await stage.post("/unheard/of", {});
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([
      404,
      expect.stringContaining("UnknownOperationException"),
    ]);
  });

  it.each([
    ["/unheard/of", {}],
    ["/openai/v1/embeddings", { input: "Hi" }],
    ["/openai/v1/conversations", {}],
    // Beside what is stored, and runs a model.
    ["/openai/v1/responses/compact", { model: GPT }],
    ["/openai/v1/responses/resp_1", { input: "Hi" }],
    ["/anthropic/v1/messages/batches", { requests: [] }],
    // The service may read these as the path without the slash.
    [`/model/global.${SONNET}/converse/`, {}],
    ["/openai/v1//chat/completions", { model: `global.${GPT}` }],
  ])("is refused under a residency when it is not known: %s", async (path, body) => {
    await using stage = await openFetch({ region: "eu-central-1", routing: { residency: "eu" } });
    const response = await stage.post(path, body);
    expect([response.status, await messageOf(response)]).toEqual([
      400,
      expect.stringMatching(/residency forbids POST .* is not known to run in eu-central-1 alone/),
    ]);
    expect(stage.simulator.requests()).toEqual([]);
  });

  it("is sent under a residency when it runs in the home Region, and that meets it", async () => {
    await using inside = await openFetch({ region: "eu-central-1", routing: { residency: "eu" } });
    expect((await inside.post("/guardrail/g1/version/1/apply", {})).status).toBe(200);
    await using outside = await openFetch({ region: "us-east-1", routing: { residency: "eu" } });
    const refused = await outside.post("/guardrail/g1/version/1/apply", {});
    expect(await messageOf(refused)).toMatch(/runs in us-east-1, outside eu/);
    expect((await outside.fetch(`${outside.simulator.url}/async-invoke`)).status).toBe(200);
  });

  it.each<readonly [string, object, RegExp | undefined]>([
    ["/async-invoke", { modelId: "amazon.nova-reel-v1:0" }, undefined],
    ["/async-invoke", { modelId: `eu.${SONNET}` }, undefined],
    ["/async-invoke", { modelId: `global.${SONNET}` }, /residency/],
    [`/model/${SONNET}/count-tokens`, {}, undefined],
    // Counted with the model behind the profile, which runs nothing.
    [`/model/global.${SONNET}/count-tokens`, {}, undefined],
    ["/anthropic/v1/messages/count_tokens", { model: `us.${SONNET}` }, /residency|not a source/],
  ])("names no model under a residency that leads out of it: %s %j", async (path, body, refused) => {
    await using stage = await openFetch({ region: "eu-central-1", routing: { residency: "eu" } });
    const response = await stage.post(path, body);
    const sent = stage.simulator.requests().length;
    expect([sent, response.headers.get("x-routed-error")]).toEqual(refused ? [0, "NoRouteError"] : [1, null]);
    if (refused) expect(await messageOf(response)).toMatch(refused);
    await using free = await openFetch({ region: "eu-central-1" });
    await free.post(path, body);
    expect(free.simulator.requests()).toHaveLength(1);
  });

  it("obeys the residency of the request as well", async () => {
    await using stage = await openFetch({ region: "us-east-1" });
    const headers = { "x-routed-options": JSON.stringify({ residency: "eu" }) };
    const response = await stage.post("/guardrail/g1/version/1/apply", {}, { headers });
    expect(response.status).toBe(400);
  });
});

describe("another service than the runtime", () => {
  /** What would have been sent, and to whom: nothing leaves this process. */
  async function sentBy(url: string, body: object, policy: object = {}): Promise<Record<string, unknown> | string> {
    await using simulator = await createSimulator();
    let seen: Record<string, unknown> = {};
    const fetch = createRoutedFetch({
      ...simulator.clientConfig({ region: "eu-central-1" }),
      requestHandler: {
        handle: async (request: { hostname: string; path: string; headers: Record<string, string>; port?: number }) => {
          const { hostname, path, headers, port } = request;
          seen = {
            hostname,
            path,
            port,
            scope: headers.authorization?.match(/Credential=[^/]+\/\d+\/([^,]+)/)?.[1],
            host: headers.host,
          };
          return {
            response: { statusCode: 200, headers: { "content-type": "application/json" }, body: Buffer.from("{}") },
          };
        },
      } as never,
      routing: { policy: "latency", ...policy },
    });
    const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    return response.status === 200 ? seen : messageOf(response);
  }

  const rerank = "https://bedrock-agent-runtime.eu-central-1.amazonaws.com/rerank";
  const modelArn = "arn:aws:bedrock:eu-central-1::foundation-model/cohere.rerank-v3-5:0";
  const reranking = (arn: string) => ({
    rerankingConfiguration: { bedrockRerankingConfiguration: { modelConfiguration: { modelArn: arn } } },
  });

  it("is sent to its own host, signed for its own name", async () => {
    expect(await sentBy("https://bedrock-mantle.eu-central-1.api.aws/v1/chat/completions", { model: "m" })).toEqual({
      hostname: "bedrock-mantle.eu-central-1.api.aws",
      host: "bedrock-mantle.eu-central-1.api.aws",
      path: "/v1/chat/completions",
      scope: "eu-central-1/bedrock-mantle/aws4_request",
    });
    expect(await sentBy(rerank, reranking(modelArn))).toMatchObject({
      hostname: "bedrock-agent-runtime.eu-central-1.amazonaws.com",
      path: "/rerank",
      scope: "eu-central-1/bedrock/aws4_request",
    });
  });

  it("stays within the residency", async () => {
    // Mantle runs inference in its own Region alone, and so does a model by its own ARN.
    expect(
      await sentBy("https://bedrock-mantle.eu-central-1.api.aws/v1/responses", { model: "m" }, { residency: "eu" }),
    ).toMatchObject({
      path: "/v1/responses",
    });
    expect(await sentBy(rerank, reranking(modelArn), { residency: "eu" })).toMatchObject({ path: "/rerank" });
    const profile = "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/global.cohere.rerank-v3-5:0";
    expect(await sentBy(rerank, reranking(profile), { residency: "eu" })).toMatch(
      /not known to run in eu-central-1 alone/,
    );
    const answering = "https://bedrock-agent-runtime.eu-central-1.amazonaws.com/retrieveAndGenerate";
    expect(await sentBy(answering, { input: {} }, { residency: "eu" })).toMatch(
      /not known to run in eu-central-1 alone/,
    );
  });
});

describe("a stored response", () => {
  const PATH = "/openai/v1/responses";
  const ask = { model: GPT, input: "Hi" };
  const regions = ["us-east-1", "us-west-2"];

  async function openStored() {
    const stage = await openFetch({ region: "us-east-1", routing: { sourceRegions: ["us-west-2"] } });
    // The first response is made elsewhere.
    const rule = stage.simulator.rule({ match: { sourceRegion: "us-east-1" }, fault: { kind: "throttle" } });
    const { id } = (await (await stage.post(PATH, ask)).json()) as { id: string };
    rule.remove();
    await stage.clock.advance(600_000);
    return { stage, id };
  }

  const sent = (stage: Awaited<ReturnType<typeof openFetch>>): readonly unknown[] =>
    stage.simulator
      .requests()
      .slice(-1)
      .map(({ sourceRegion, operation }) => [sourceRegion, operation]);

  it("is gone on from by the route that made it, and by no other", async () => {
    const { stage, id } = await openStored();
    await using _ = stage;
    expect(stage.calls().at(-1)).toBe(`${regions[1]} global.${GPT}`);
    const next = await stage.post(PATH, { ...ask, previous_response_id: id });
    expect(next.status).toBe(200);
    expect(stage.calls().at(-1)).toBe(`${regions[1]} global.${GPT}`);
    stage.simulator.enqueue({ kind: "throttle" });
    expect((await stage.post(PATH, { ...ask, previous_response_id: id })).status).toBe(429);
  });

  it("is read, cancelled and deleted where it was made", async () => {
    const { stage, id } = await openStored();
    await using _ = stage;
    const url = `${stage.simulator.url}${PATH}/${id}`;
    expect(await (await stage.fetch(url)).json()).toMatchObject({ id });
    expect(sent(stage)).toEqual([[regions[1], "GetResponse"]]);
    expect((await stage.fetch(`${url}/cancel`, { method: "POST" })).status).toBe(200);
    expect(await (await stage.fetch(url, { method: "DELETE" })).json()).toMatchObject({ deleted: true });
    expect(sent(stage)).toEqual([[regions[1], "DeleteResponse"]]);
  });

  it("is remembered from a stream as well", async () => {
    await using stage = await openFetch({ region: "us-east-1", routing: { sourceRegions: ["us-west-2"] } });
    stage.simulator.rule({ match: { sourceRegion: "us-east-1" }, fault: { kind: "throttle" } });
    const text = await (await stage.post(PATH, { ...ask, stream: true })).text();
    const id = /"id":"(resp_[^"]+)"/.exec(text)?.[1];
    expect((await stage.fetch(`${stage.simulator.url}${PATH}/${id}`)).status).toBe(200);
  });

  it("that is not known here is looked for at home", async () => {
    await using stage = await openFetch({ region: "us-east-1", routing: { sourceRegions: ["us-west-2"] } });
    const response = await stage.post(PATH, { ...ask, previous_response_id: "resp_unknown" });
    expect([response.status, await messageOf(response)]).toEqual([404, "Response with id 'resp_unknown' not found."]);
    expect(new Set(stage.simulator.requests().map(({ sourceRegion }) => sourceRegion))).toEqual(new Set(["us-east-1"]));
  });

  it("is made by no application profile, which that API refuses", async () => {
    const arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdef123456";
    await using stage = await openFetch({
      region: "us-east-1",
      routing: { routes: { [GPT]: [{ modelId: arn, destinationRegions: ["us-east-1", "us-west-2"] }] } },
      simulator: {
        applicationProfiles: [{ id: "abcdef123456", sourceRegion: "us-east-1", copyFrom: `us.${GPT}` }],
      },
    });
    const chat = { model: GPT, messages: [{ role: "user", content: "Hi" }] };
    await stage.post("/openai/v1/chat/completions", chat);
    await stage.post(PATH, ask);
    expect(stage.calls()).toEqual([`us-east-1 ${arn}`, `us-east-1 global.${GPT}`]);
  });
});
