import { afterEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";
import { type Json, member } from "../../src/simulator/json.ts";

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

const KEY = "key";
const GPT = "us.openai.gpt-5.6-sol";
const CLAUDE = "us.anthropic.claude-sonnet-4-6";
const PATHS = {
  chat: "/openai/v1/chat/completions",
  responses: "/openai/v1/responses",
  messages: "/anthropic/v1/messages",
} as const;
type ApiName = keyof typeof PATHS;

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  simulator = await createSimulator({ timeScale: 0, bearerTokens: { [KEY]: "*" }, ...options });
  return simulator;
}

/** What each API is asked, at the least. */
const ASKED: Readonly<Record<ApiName, object>> = {
  chat: { model: GPT, messages: [{ role: "user", content: "Hi" }] },
  responses: { model: GPT, input: "Hi" },
  messages: { model: CLAUDE, max_tokens: 100, messages: [{ role: "user", content: "Hi" }] },
};

function ask(api: ApiName, more: object = {}, region = "us-east-1"): Promise<Response> {
  return call("POST", region, PATHS[api], { ...ASKED[api], ...more });
}

function call(method: string, region: string, path: string, body?: object): Promise<Response> {
  return fetch(`${simulator!.endpoint(region)}${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

interface SentEvent {
  readonly name: string | undefined;
  readonly data: string;
}

async function eventsOf(response: Response): Promise<readonly SentEvent[]> {
  return (await response.text())
    .split("\n\n")
    .filter((text) => text !== "")
    .map((text) => ({ name: /^event: (.*)$/m.exec(text)?.[1], data: /^data: (.*)$/m.exec(text)?.[1] ?? "" }));
}

const TEXT = "One two three four five six.";

describe("an answer", () => {
  it("has the form of its API", async () => {
    await start({ answer: () => TEXT });
    expect(await json(ask("chat"))).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { content: TEXT } }],
      usage: { prompt_tokens: 2 },
    });
    expect(await json(ask("responses"))).toMatchObject({
      object: "response",
      status: "completed",
      output: [{ type: "message", content: [{ type: "output_text", text: TEXT }] }],
      usage: { input_tokens: 1 },
    });
    expect(await json(ask("messages"))).toMatchObject({
      type: "message",
      content: [{ type: "text", text: TEXT }],
      usage: { input_tokens: 2 },
    });
  });

  it("is a stream when the body asks for one", async () => {
    await start({ answer: () => TEXT });
    const chat = await ask("chat", { stream: true });
    expect(chat.headers.get("content-type")).toContain("text/event-stream");
    const chunks = await eventsOf(chat);
    expect(chunks.at(-1)).toEqual({ name: undefined, data: "[DONE]" });
    expect(textOf(chunks.slice(0, -1), (chunk) => member(chunk, "choices", 0, "delta", "content"))).toBe(TEXT);
    expect(chunks.some(({ data }) => data.includes('"usage"'))).toBe(false);
    const measured = await eventsOf(await ask("chat", { stream: true, stream_options: { include_usage: true } }));
    expect(JSON.parse(measured.at(-2)!.data)).toMatchObject({ choices: [], usage: { prompt_tokens: 2 } });

    const responses = await eventsOf(await ask("responses", { stream: true }));
    expect(responses.at(0)?.name).toBe("response.created");
    expect(responses.at(-1)?.name).toBe("response.completed");
    expect(textOf(responses, deltaOf("response.output_text.delta"))).toBe(TEXT);

    const messages = await eventsOf(await ask("messages", { stream: true }));
    expect(messages.at(0)?.name).toBe("message_start");
    expect(messages.at(-1)?.name).toBe("message_stop");
    expect(textOf(messages, (event) => member(event, "delta", "text"))).toBe(TEXT);
  });

  it("calls the tool that it must", async () => {
    await start();
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const input = { city: "example" };
    const chat = await ask("chat", {
      tools: [{ type: "function", function: { name: "weather", parameters } }],
      tool_choice: { type: "function", function: { name: "weather" } },
    });
    expect(member(await json(chat), "choices", 0, "message", "tool_calls", 0, "function")).toEqual({
      name: "weather",
      arguments: JSON.stringify(input),
    });
    const own = {
      tools: [{ type: "function", name: "weather", parameters }],
      tool_choice: { type: "function", name: "weather" },
    };
    expect(member(await json(ask("responses", own)), "output")).toMatchObject([
      { type: "function_call", name: "weather", arguments: JSON.stringify(input) },
    ]);
    const streamed = await eventsOf(await ask("responses", { ...own, stream: true }));
    expect(textOf(streamed, deltaOf("response.function_call_arguments.delta"))).toBe(JSON.stringify(input));
  });

  it("is recorded with its model and operation", async () => {
    const running = await start();
    await ask("messages");
    expect(running.requests()).toMatchObject([
      { operation: "Messages", modelId: CLAUDE, model: "anthropic.claude-sonnet-4-6", sourceRegion: "us-east-1" },
    ]);
  });
});

describe("a refusal", () => {
  it("has the form of its API, and says in its words that there is no such model", async () => {
    await start();
    const chat = await ask("chat", { model: "us.x.y" });
    expect([chat.status, await chat.json()]).toEqual([
      404,
      {
        error: {
          message: "The model 'us.x.y' does not exist",
          type: "invalid_request_error",
          param: null,
          code: "model_not_found",
        },
      },
    ]);
    expect(chat.headers.has("x-amzn-errortype")).toBe(false);
    const messages = await ask("messages", { model: "us.x.y" });
    expect([messages.status, await messages.json()]).toEqual([
      404,
      { type: "error", error: { type: "not_found_error", message: "The model 'us.x.y' does not exist" } },
    ]);
  });

  it.each(["chat", "responses", "messages"] as const)(
    "of %s counts against the same quota as Converse",
    async (api) => {
      const running = await start();
      running.setQuota({ requestsPerMinute: 0 });
      const response = await ask(api);
      expect(response.status).toBe(429);
      expect(await json(response)).toMatchObject({
        error: { type: "rate_limit_error", message: "Too many requests, please wait before trying again." },
      });
    },
  );

  it("comes before an answer without what the API requires", async () => {
    await start();
    const said = async (response: Promise<Response>): Promise<Json> => member(await json(response), "error", "message");
    expect(await said(ask("responses", { model: undefined }))).toBe("Missing required parameter: 'model'.");
    expect(await said(ask("messages", { max_tokens: undefined }))).toBe("max_tokens: Field required");
    expect(await said(ask("chat", { messages: [] }))).toMatch(/empty array/);
    expect(await said(ask("responses", { background: true }))).toBe("The background parameter is not supported");
  });

  it("stands in the stream when it has begun", async () => {
    const running = await start();
    running.enqueue({ kind: "first-frame-exception" }, { kind: "mid-stream-exception", afterContentEvents: 1 });
    const [first] = await eventsOf(await ask("messages", { stream: true }));
    expect(first?.name).toBe("error");
    expect(JSON.parse(first!.data)).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
    const last = (await eventsOf(await ask("chat", { stream: true }))).at(-1);
    expect(JSON.parse(last!.data).error.message).toMatch(/^Model produced invalid sequence/);
    running.enqueue({ kind: "end-early", afterContentEvents: 1 });
    expect((await eventsOf(await ask("chat", { stream: true }))).some(({ data }) => data === "[DONE]")).toBe(false);
  });
});

describe("a stored response", () => {
  it("can be read, gone on from and deleted in the Region that it was made in, and only there", async () => {
    await start();
    const id = await idOf(ask("responses"));
    const path = `${PATHS.responses}/${id}`;
    expect(await json(call("GET", "us-east-1", path))).toMatchObject({ id, status: "completed" });
    expect((await call("GET", "us-west-2", path)).status).toBe(404);
    expect((await ask("responses", { previous_response_id: id })).status).toBe(200);
    expect((await ask("responses", { previous_response_id: id }, "us-west-2")).status).toBe(404);
    expect(await json(call("DELETE", "us-east-1", path))).toEqual({ id, object: "response", deleted: true });
    expect((await call("GET", "us-east-1", path)).status).toBe(404);
  });

  it("is not stored when the request says so", async () => {
    await start();
    const id = await idOf(ask("responses", { store: false }));
    expect((await call("GET", "us-east-1", `${PATHS.responses}/${id}`)).status).toBe(404);
  });
});

/** What `path` of the data says, over all events. */
function textOf(events: readonly SentEvent[], read: (data: Json) => Json): string {
  return events.map(({ data }) => read(JSON.parse(data)) ?? "").join("");
}

function deltaOf(type: string): (event: Json) => Json {
  return (event) => (member(event, "type") === type ? member(event, "delta") : "");
}

async function json(response: Response | Promise<Response>): Promise<Json> {
  return (await response).json();
}

async function idOf(response: Promise<Response>): Promise<string> {
  return String(member(await json(response), "id"));
}
