import { setImmediate as nextTurn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { createRoutedFetch, routingHeaders } from "../../src/fetch/index.ts";
import { type Plan, TruncatedStreamError } from "../../src/index.ts";
import { getRouting } from "../../src/router/reports.ts";
import { HTTP_VERSIONS } from "../support/wire.ts";
import { GPT, messageOf, openFetch, SONNET, WAYS, type Way } from "./stage.ts";

const HOME = "us-east-1";
const TEXT = "One two three four five six.";
const answer = (): string => TEXT;
const STREAMS = [false, true] as const;

/** Every way to ask, unary and as a stream. */
const ASKED: readonly (readonly [string, Way, boolean])[] = WAYS.flatMap((way) =>
  STREAMS.map((streaming) => [`${way.name}${streaming ? ", streamed" : ""}`, way, streaming] as const),
);
const STREAMED = ASKED.filter(([, , streaming]) => streaming);

/** What an answer says, whatever its form: streams hold the text in pieces, event streams of InvokeModel in base64. */
function wordsIn(bytes: Uint8Array): string {
  const raw = Buffer.from(bytes).toString("latin1");
  const inner = [...raw.matchAll(/"bytes":"([^"]+)"/g)].map(([, base64]) =>
    Buffer.from(base64 ?? "", "base64").toString(),
  );
  return `${raw}${inner.join("")}`;
}

describe.each(HTTP_VERSIONS)("a routed fetch, over HTTP/%s", (httpVersion) => {
  it.each(ASKED)("%s: hands on the answer as the service gave it", async (_, way, streaming) => {
    await using stage = await openFetch({ region: HOME, httpVersion, simulator: { answer } });
    const response = await stage.post(way.path(streaming), way.body(streaming));
    expect(response.status).toBe(200);
    const routed = wordsIn(new Uint8Array(await response.arrayBuffer()));
    for (const word of TEXT.split(" ")) expect(routed).toContain(word);
    const [request] = stage.simulator.requests();
    expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get("x-routed-route")).toBe(`${HOME}|global.${way.model}`);
    expect(request).toMatchObject({ authentication: "signature", modelId: `global.${way.model}`, httpVersion });
    expect(getRouting(response)?.attempts).toMatchObject([{ outcome: "succeeded" }]);
  });

  it.each(ASKED)("%s: goes on from a throttled profile", async (_, way, streaming) => {
    await using stage = await openFetch({ region: HOME, httpVersion, simulator: { answer } });
    stage.simulator.enqueue({ kind: "throttle" });
    const response = await stage.post(way.path(streaming), way.body(streaming));
    await response.arrayBuffer();
    expect(response.status).toBe(200);
    expect(stage.calls()).toEqual([`${HOME} global.${way.model}`, `${HOME} us.${way.model}`]);
    expect(response.headers.get("x-routed-attempts")).toBe("2");
    expect(response.headers.get("x-routed-trail")).toBe(
      `${HOME}|global.${way.model} requests-per-minute, ${HOME}|us.${way.model} succeeded`,
    );
  });

  it.each(STREAMED)("%s: goes on from a stream that begins with an exception", async (_, way) => {
    await using stage = await openFetch({ region: HOME, httpVersion, simulator: { answer } });
    stage.simulator.enqueue({ kind: "first-frame-exception" });
    const response = await stage.post(way.path(true), way.body(true));
    expect(wordsIn(new Uint8Array(await response.arrayBuffer()))).toContain("six.");
    expect(stage.calls()).toHaveLength(2);
    expect(stage.fetch.routing.stats()[0]?.failures.throttled).toBe(1);
  });

  // Claude opens a block of text before there is any of it, which counts as content.
  it.each(STREAMED.filter(([name]) => !/InvokeModel|Messages/.test(name)))(
    "%s: goes on from a stream without content",
    async (_, way) => {
      await using stage = await openFetch({ region: HOME, httpVersion, simulator: { answer } });
      stage.simulator.enqueue({ kind: "mid-stream-exception", exception: "throttlingException" }, { kind: "answer" });
      const response = await stage.post(way.path(true), way.body(true));
      const words = wordsIn(new Uint8Array(await response.arrayBuffer()));
      expect(words).toContain("six.");
      expect(words).not.toMatch(/Too many requests/);
      expect(stage.calls()).toHaveLength(2);
    },
  );

  it.each(STREAMED)("%s: tells when a stream is cut off after content", async (_, way) => {
    await using stage = await openFetch({ region: HOME, httpVersion, simulator: { answer } });
    stage.simulator.enqueue({ kind: "end-early", afterContentEvents: 1 });
    const response = await stage.post(way.path(true), way.body(true));
    await expect(response.arrayBuffer()).rejects.toThrow(TruncatedStreamError);
    expect(stage.calls()).toHaveLength(1);
    expect(stage.fetch.routing.stats()[0]?.failures.unavailable).toBe(1);
  });

  it.each(STREAMED)("%s: hands on an exception that comes after content, and remembers it", async (_, way) => {
    await using stage = await openFetch({ region: HOME, httpVersion, simulator: { answer } });
    stage.simulator.enqueue({ kind: "mid-stream-exception", exception: "throttlingException", afterContentEvents: 1 });
    const response = await stage.post(way.path(true), way.body(true));
    const words = wordsIn(new Uint8Array(await response.arrayBuffer()));
    expect(words).toContain("One two three");
    expect(words).toContain("Too many requests, please wait before trying again.");
    expect(getRouting(response)?.attempts).toMatchObject([{ outcome: "throttled" }]);
    expect(stage.calls()).toHaveLength(1);
  });

  it.each(ASKED)("%s: is cancelled upstream when its signal aborts before the answer", async (_, way, streaming) => {
    await using stage = await openFetch({ region: HOME, httpVersion });
    stage.simulator.rule({ fault: { kind: "hang" } });
    const controller = new AbortController();
    const reason = new Error("enough");
    const response = stage.post(way.path(streaming), way.body(streaming), { signal: controller.signal });
    const request = await stage.simulator.takeRequest();
    controller.abort(reason);
    await expect(response).rejects.toBe(reason);
    expect((await request.ended).clientCancelled).toBe(true);
    expect(stage.calls()).toHaveLength(1);
  });

  it.each(STREAMED)("%s: is cancelled upstream when its signal aborts within the answer", async (_, way) => {
    await using stage = await openFetch({ region: HOME, httpVersion, simulator: { answer } });
    stage.simulator.rule({ fault: { kind: "stall", afterContentEvents: 1 } });
    const controller = new AbortController();
    const response = await stage.post(way.path(true), way.body(true), { signal: controller.signal });
    const text = response.arrayBuffer();
    text.catch(() => {});
    const request = await stage.simulator.takeRequest();
    await nextTurn();
    controller.abort();
    await expect(text).rejects.toMatchObject({ name: "AbortError" });
    expect((await request.ended).clientCancelled).toBe(true);
  });

  it.each(STREAMED)("%s: is cancelled upstream when its body is", async (_, way) => {
    await using stage = await openFetch({ region: HOME, httpVersion, simulator: { answer } });
    stage.simulator.rule({ fault: { kind: "stall", afterContentEvents: 1 } });
    const response = await stage.post(way.path(true), way.body(true));
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect((await (await stage.simulator.takeRequest()).ended).clientCancelled).toBe(true);
    expect(getRouting(response)?.attempts).toMatchObject([{ outcome: "cancelled", family: "abandoned" }]);
  });
});

describe("a routed fetch whose routes all fail", () => {
  it.each(ASKED)(
    "%s: tries each route once, and tells when the first of them may be tried again",
    async (_, way, streaming) => {
      await using stage = await openFetch({ region: HOME });
      stage.simulator.rule({ fault: { kind: "throttle" } });
      const response = await stage.post(way.path(streaming), way.body(streaming));
      expect(response.status).toBe(429);
      expect(stage.calls()).toHaveLength(2);
      expect(await messageOf(response)).toBe("Too many requests, please wait before trying again.");
      const plan = getRouting(response)?.plan as Plan;
      const waits = (await stage.fetch.routing.plan(plan.model)).candidates.map(({ coolingForMs = 0 }) => coolingForMs);
      expect(Number(response.headers.get("retry-after-ms"))).toBe(Math.ceil(Math.min(...waits)));
      expect(Number(response.headers.get("retry-after"))).toBe(Math.ceil(Math.min(...waits) / 1000));
      expect(response.headers.get("x-should-retry")).toBeNull();
    },
  );

  it("does not ask the library to sit out a cooldown that has grown long", async () => {
    await using stage = await openFetch({ region: HOME });
    stage.simulator.rule({ fault: { kind: "throttle" } });
    const [way] = WAYS as [Way];
    const waits: (number | null)[] = [];
    for (let repetition = 0; repetition < 6; repetition += 1) {
      const response = await stage.post(way.path(false), way.body(false));
      const told = response.headers.get("retry-after-ms");
      waits.push(told === null ? null : Number(told));
      await stage.clock.advance(Number(told ?? 4_000));
    }
    expect(waits[0]).toBeGreaterThan(1_000);
    expect(waits.every((ms) => ms === null || ms <= 8_000)).toBe(true);
    expect(waits).toContain(null);
  });

  it("leaves it to the library when to repeat on a single route", async () => {
    await using stage = await openFetch({ region: "eu-central-1", routing: { residency: "eu" } });
    stage.simulator.rule({ fault: { kind: "throttle" } });
    const [way] = WAYS as [Way];
    const response = await stage.post(way.path(false), way.body(false));
    expect([response.status, response.headers.get("retry-after-ms")]).toEqual([429, null]);
    expect(stage.calls()).toHaveLength(1);
  });

  it("spends one call on each repetition that comes too early", async () => {
    await using stage = await openFetch({ region: HOME });
    stage.simulator.rule({ fault: { kind: "throttle" } });
    const [way] = WAYS as [Way];
    for (let repetition = 0; repetition < 3; repetition += 1) await stage.post(way.path(false), way.body(false));
    expect(stage.calls()).toHaveLength(2 + 1 + 1);
  });

  it.each(STREAMED)("%s: gives an exception in the stream the status that it stands for", async (_, way) => {
    await using stage = await openFetch({ region: HOME });
    stage.simulator.rule({ fault: { kind: "first-frame-exception", exception: "serviceUnavailableException" } });
    const response = await stage.post(way.path(true), way.body(true));
    // OpenAI's API has one name for all failures of its own.
    expect(response.status).toBe(way.shape === "openai" ? 500 : 503);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await messageOf(response)).toBe("Bedrock is unable to process your request.");
  });

  it.each(ASKED)("%s: hands on a refusal of the request after one call", async (_, way, streaming) => {
    await using stage = await openFetch({ region: HOME });
    const refusal = { name: "ValidationException", status: 400, message: "Input is too long for requested model." };
    stage.simulator.rule({ fault: { kind: "error", ...refusal, headers: { "x-special": "yes" } } });
    const response = await stage.post(way.path(streaming), way.body(streaming));
    expect([response.status, response.headers.get("x-special")]).toEqual([400, "yes"]);
    expect(await messageOf(response)).toBe(refusal.message);
    expect(stage.calls()).toHaveLength(1);
  });

  it.each(ASKED.filter(([, { shape }]) => shape !== "aws"))(
    "%s: understands what its API says of a route",
    async (_, way, streaming) => {
      for (const message of [
        `The model \`${way.model}\` does not exist or you do not have access to it.`,
        `The model \`${way.model}\` isn't supported on this route.`,
        `Invocation of model ID ${way.model} with on-demand throughput isn’t supported.`,
      ]) {
        await using stage = await openFetch({ region: HOME });
        const error = { message, type: "not_found_error", code: "model_not_found" };
        const fault = { kind: "respond", status: 404, headers: { "content-type": "application/json" } } as const;
        stage.simulator.enqueue({ ...fault, body: JSON.stringify({ type: "error", error }) });
        expect([message, (await stage.post(way.path(streaming), way.body(streaming))).status]).toEqual([message, 200]);
        expect(stage.calls()).toHaveLength(2);
      }
    },
  );

  it("hands on a page of a load balancer as it came", async () => {
    await using stage = await openFetch({ region: HOME });
    stage.simulator.rule({ fault: { kind: "html-503" } });
    const [way] = WAYS as [Way];
    const response = await stage.post(way.path(false), way.body(false));
    expect([response.status, response.headers.get("content-type")]).toEqual([503, "text/html"]);
    expect(await response.text()).toMatch(/^<html>/);
  });

  it.each([200, 400])("undoes the encoding of an answer with status %i, as fetch does", async (status) => {
    await using stage = await openFetch({ region: HOME });
    const body = gzipSync(
      JSON.stringify({ message: "Malformed input request", usage: { inputTokens: 5, outputTokens: 7 } }),
    );
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    stage.simulator.rule({ fault: { kind: "respond", status, headers, body } });
    const [way] = WAYS as [Way];
    const response = await stage.post(way.path(false), way.body(false));
    expect([response.status, response.headers.get("content-encoding")]).toEqual([status, null]);
    expect(await messageOf(response)).toBe("Malformed input request");
  });

  it("rejects as fetch does when there is no answer", async () => {
    await using stage = await openFetch({ region: HOME });
    stage.simulator.rule({ fault: { kind: "reset" } });
    const [way] = WAYS as [Way];
    const error = await stage.post(way.path(false), way.body(false)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: "fetch failed", cause: expect.any(Error) });
    expect(getRouting(error)?.attempts.length).toBe(2);
  });

  it("rejects as fetch does when every stream ends before its content", async () => {
    await using stage = await openFetch({ region: HOME });
    stage.simulator.rule({ fault: { kind: "end-early" } });
    const [, , chat] = WAYS as readonly [Way, Way, Way];
    await expect(stage.post(chat.path(true), chat.body(true))).rejects.toMatchObject({
      message: "fetch failed",
      cause: { name: "TruncatedStreamError" },
    });
  });
});

describe("an error of this library", () => {
  it.each(WAYS.map((way) => [way.name, way] as const))("%s: is a response that no library repeats", async (_, way) => {
    await using stage = await openFetch({ region: HOME, routing: { residency: "eu" } });
    const response = await stage.post(way.path(false), way.body(false));
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get("x-routed-error")).toBe("NoRouteError");
    expect(response.headers.get("x-amzn-errortype")).toBe(way.shape === "aws" ? "ValidationException" : null);
    expect(await messageOf(response)).toMatch(/^NoRouteError: No route may serve/);
    expect(stage.calls()).toEqual([]);
    expect(getRouting(response)?.plan.candidates).toEqual([]);
  });

  it("is told of a body that names no model", async () => {
    await using stage = await openFetch({ region: HOME });
    const response = await stage.post("/openai/v1/chat/completions", { messages: [] });
    expect([response.status, await messageOf(response)]).toEqual([
      400,
      "InvalidOptionsError: model must be the id of a model, got undefined",
    ]);
    const broken = await stage.post("/anthropic/v1/messages", undefined, { body: "{" });
    expect(await messageOf(broken)).toBe("InvalidOptionsError: body must be a JSON object");
  });

  it("is told when there are no credentials", async () => {
    const credentials = async (): Promise<never> => {
      throw Object.assign(new Error("Could not load credentials from any providers"), {
        name: "CredentialsProviderError",
      });
    };
    await using stage = await openFetch({ region: HOME, config: { credentials } });
    const [way] = WAYS as [Way];
    const response = await stage.post(way.path(false), way.body(false));
    expect([response.status, await messageOf(response)]).toEqual([
      401,
      "CredentialsProviderError: Could not load credentials from any providers",
    ]);
  });
});

describe("a request", () => {
  const [converse] = WAYS as [Way];
  const chat = WAYS[2] as Way;

  it("is sent byte for byte, but for the model in the body", async () => {
    await using stage = await openFetch({ region: HOME });
    const body = `{ "messages":[{"role":"user","content":"Hi"}],"seed":1.0, "model" : "${GPT}" ,"user":"é"}`;
    const sent = await sentBody(body);
    expect(sent).toBe(body.replace(GPT, `global.${GPT}`));

    async function sentBody(text: string): Promise<string> {
      let seen = "";
      stage.fetch.client.middlewareStack.add(
        (next) => (args) => {
          seen = Buffer.from((args.request as { body: Uint8Array }).body).toString();
          return next(args);
        },
        { step: "finalizeRequest", priority: "low" },
      );
      await stage.post(chat.path(false), undefined, { body: text });
      return seen;
    }
  });

  it.each<readonly [string, () => RequestInit]>([
    ["text", () => ({ body: JSON.stringify(chat.body(false)) })],
    ["bytes", () => ({ body: Buffer.from(JSON.stringify(chat.body(false))) })],
    ["a blob", () => ({ body: new Blob([JSON.stringify(chat.body(false))]) })],
    [
      "a stream",
      () => ({ body: new Blob([JSON.stringify(chat.body(false))]).stream(), duplex: "half" }) as RequestInit,
    ],
  ])("may have %s for a body, and is repeated all the same", async (_, init) => {
    await using stage = await openFetch({ region: HOME });
    stage.simulator.enqueue({ kind: "throttle" });
    const response = await stage.post(chat.path(false), undefined, init());
    expect(response.status).toBe(200);
    expect(stage.simulator.requests().map(({ body }) => (body as { model: string }).model)).toEqual([
      `global.${GPT}`,
      `us.${GPT}`,
    ]);
  });

  it("may be a Request", async () => {
    await using stage = await openFetch({ region: HOME });
    const request = new Request(`${stage.simulator.url}${chat.path(false)}`, {
      method: "POST",
      headers: { "x-team": "blue" },
      body: JSON.stringify(chat.body(false)),
    });
    expect((await stage.fetch(request)).status).toBe(200);
    expect(stage.simulator.requests()[0]?.headers["x-team"]).toBe("blue");
  });

  it("may be compressed", async () => {
    await using stage = await openFetch({ region: HOME });
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const body = gzipSync(JSON.stringify(chat.body(false)));
    expect((await stage.post(chat.path(false), undefined, { headers, body })).status).toBe(200);
    const broken = await stage.post(chat.path(false), undefined, { headers, body: "not gzip" });
    expect([broken.status, await messageOf(broken)]).toEqual([400, expect.stringMatching(/body must be gzip/)]);
    const odd = await stage.post(chat.path(false), undefined, { headers: { "content-encoding": "zstd" }, body });
    expect(odd.status).toBe(400);
  });

  it("keeps its headers, but for those of its connection and its signature", async () => {
    await using stage = await openFetch({ region: HOME });
    await stage.post(converse.path(false), converse.body(false), {
      headers: {
        "content-type": "application/json",
        "anthropic-beta": "context-1m",
        "x-amzn-bedrock-trace": "ENABLED",
        authorization:
          "AWS4-HMAC-SHA256 Credential=other/20260101/us-west-2/bedrock/aws4_request, SignedHeaders=host, Signature=0",
        "x-amz-date": "20200101T000000Z",
        "x-amz-security-token": "other",
        "x-api-key": "routed",
        "accept-encoding": "gzip",
        connection: "keep-alive",
        "x-routed-options": "{}",
      },
    });
    const { headers, authentication } = stage.simulator.requests()[0]!;
    expect(headers).toMatchObject({ "anthropic-beta": "context-1m", "x-amzn-bedrock-trace": "ENABLED" });
    expect(headers.authorization).toContain("/us-east-1/bedrock/aws4_request");
    expect(headers["user-agent"]).toContain("lib/bedrock-routed-client");
    for (const name of ["x-api-key", "accept-encoding", "x-routed-options", "x-amz-security-token"]) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(authentication).toBe("signature");
  });

  it("is authenticated by the client's API key when it has one", async () => {
    await using stage = await openFetch({
      region: HOME,
      simulator: { bearerTokens: { "bedrock-api-key": "*" } },
      config: { token: { token: "bedrock-api-key" }, authSchemePreference: ["httpBearerAuth"] },
    });
    const response = await stage.post(chat.path(false), chat.body(false), {
      headers: { authorization: "Bearer routed" },
    });
    expect(response.status).toBe(200);
    expect(stage.simulator.requests()[0]).toMatchObject({ authentication: "bearer" });
  });

  it("is signed for the Region of its route, at the endpoint of that Region", async () => {
    await using stage = await openFetch({
      region: "eu-central-1",
      routing: { sourceRegions: ["eu-west-1"], residency: "eu" },
    });
    stage.simulator.rule({ match: { sourceRegion: "eu-central-1" }, fault: { kind: "throttle" } });
    await stage.post(converse.path(false), converse.body(false));
    expect(stage.calls()).toEqual([`eu-central-1 eu.${SONNET}`, `eu-west-1 eu.${SONNET}`]);
  });

  it("stays at home when an input binds it to its Region", async () => {
    await using stage = await openFetch({ region: "eu-central-1", routing: { sourceRegions: ["eu-west-1"] } });
    stage.simulator.rule({ fault: { kind: "throttle" } });
    const regions = async (body: object, headers: Record<string, string> = {}): Promise<string[]> => {
      const before = stage.calls().length;
      await stage.post(converse.path(false), { ...converse.body(false), ...body }, { headers });
      return [
        ...new Set(
          stage
            .calls()
            .slice(before)
            .map((call) => call.split(" ")[0] ?? ""),
        ),
      ];
    };
    expect(await regions({ guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" } })).toEqual([
      "eu-central-1",
    ]);
    await stage.clock.advance(600_000);
    expect(await regions({})).toEqual(["eu-central-1", "eu-west-1"]);
  });

  it("keeps a guardrail within the residency, and goes where the guardrail is", async () => {
    const guardrails = [{ id: "abroad", sourceRegion: "il-central-1", profileId: "eu.guardrail.v1:0" }];
    await using tight = await openFetch({
      region: "il-central-1",
      routing: { residency: "home" },
      simulator: { guardrails },
    });
    const headers = { "x-amzn-bedrock-guardrailidentifier": "abroad", "x-amzn-bedrock-guardrailversion": "1" };
    const refused = await Promise.all([
      tight.post("/guardrail/abroad/version/1/apply", { source: "INPUT", content: [] }),
      tight.post("/model/acme.model-v1:0/invoke", { messages: [] }, { headers }),
      tight.post("/model/acme.model-v1:0/converse", {
        messages: [],
        guardrailConfig: { guardrailIdentifier: "abroad", guardrailVersion: "1" },
      }),
    ]);
    for (const response of refused) {
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("guardrail abroad may be evaluated in eu-central-1");
    }
    expect(tight.simulator.requests().map(({ operation }) => operation)).not.toContain("ApplyGuardrail");

    await using stage = await openFetch({ routing: { sourceRegions: ["eu-west-1"] } });
    const arn = "arn:aws:bedrock:eu-west-1:111122223333:guardrail/abc123";
    await stage.post(`/guardrail/${encodeURIComponent(arn)}/version/1/apply`, { source: "INPUT", content: [] });
    await stage.post(converse.path(false), {
      ...converse.body(false),
      guardrailConfig: { guardrailIdentifier: arn, guardrailVersion: "1" },
    });
    expect(stage.simulator.requests().map(({ sourceRegion }) => sourceRegion)).toEqual(["eu-west-1", "eu-west-1"]);
  });

  it("counts tokens with the model behind a profile", async () => {
    await using stage = await openFetch();
    const body = { input: { converse: { messages: [{ role: "user", content: [{ text: "Hi" }] }] } } };
    const arn = `arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.${SONNET}`;
    for (const modelId of [`eu.${SONNET}`, arn, encodeURIComponent(arn)]) {
      expect((await stage.post(`/model/${modelId}/count-tokens`, body)).status).toBe(200);
    }
    expect(stage.calls()).toEqual(Array(3).fill(`eu-central-1 ${SONNET}`));
    await stage.post(`/model/eu.${SONNET}/count-tokens`, body, { headers: routingHeaders({ route: "off" }) });
    expect(stage.calls().at(-1)).toBe(`eu-central-1 eu.${SONNET}`);
  });

  it("takes options along in its headers", async () => {
    await using stage = await openFetch({ region: "eu-central-1" });
    const ask = (options: object): Promise<Response> =>
      stage.post(converse.path(false), converse.body(false), { headers: routingHeaders(options as never) });
    await ask({ workload: "batch" });
    expect(stage.fetch.routing.stats().map(({ workload }) => workload)).toEqual(["batch"]);
    const refused = await ask({ wrkload: "é" });
    expect([refused.status, await messageOf(refused)]).toEqual([400, expect.stringMatching(/"wrkload"|wrkload/)]);
    const broken = await stage.post(converse.path(false), converse.body(false), {
      headers: { "x-routed-options": "{" },
    });
    expect(await messageOf(broken)).toMatch(/x-routed-options must be JSON/);
    expect(stage.calls()).toHaveLength(1);
  });
});

describe("a routed fetch of a routed client", () => {
  it("shares what both have learned", async () => {
    await using stage = await openFetch({ region: HOME });
    const [way] = WAYS as [Way];
    stage.simulator.enqueue({ kind: "throttle" });
    await stage.post(way.path(false), way.body(false));
    await stage.client.send(
      new ConverseCommand({ modelId: SONNET, messages: [{ role: "user", content: [{ text: "Hi" }] }] }),
    );
    expect(stage.calls()).toEqual([`${HOME} global.${SONNET}`, `${HOME} us.${SONNET}`, `${HOME} us.${SONNET}`]);
    expect(stage.fetch.routing).toBe(stage.client.routing);
    const us = stage.fetch.routing.stats().find(({ route }) => route.modelId === `us.${SONNET}`);
    expect(us).toMatchObject({ successes: 2, tokens: { answers: 2 }, cost: { pricedAnswers: 2 } });
  });

  it.each(ASKED)("%s: counts tokens and cost", async (_, way, streaming) => {
    await using stage = await openFetch({ region: HOME, simulator: { answer } });
    await (await stage.post(way.path(streaming), way.body(streaming))).arrayBuffer();
    expect(stage.fetch.routing.stats()).toMatchObject([
      { streaming, tokens: { answers: 1 }, cost: { pricedAnswers: 1 } },
    ]);
  });

  it("is made of nothing else", () => {
    expect(() => createRoutedFetch({ send: () => {} } as never)).toThrow(/must be made by createRoutedClient/);
  });
});
