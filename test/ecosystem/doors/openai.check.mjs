/** OpenAI's SDK on bedrock-runtime: Chat Completions and Responses, and what is stored of the latter. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { routingHeaders } from "bedrock-routed-client/fetch";
import OpenAI from "openai";
import { bedrock } from "openai/providers/bedrock";
import { checkLibrary, GPT, openDoor, REGION, runtimeOf, TEXT, WEATHER } from "./door.mjs";

/** By its provider for Amazon Bedrock, and by the address alone. */
const connect = (fetch, { region = REGION } = {}) =>
  new OpenAI({ provider: bedrock({ endpoint: "runtime", region, apiKey: "routed" }), fetch });
const connectByAddress = (fetch, { region = REGION } = {}) =>
  new OpenAI({ baseURL: `${runtimeOf(region)}/openai/v1`, apiKey: "routed", fetch });
const expected = {
  badRequest: /BadRequestError 400 Input is too long for requested model\./,
  throttled: /RateLimitError 429 /,
  refused: /BadRequestError 400 [\s\S]*No route may serve/,
  aborted: /APIUserAbortError/,
};
const headersFor = ({ residency } = {}) => (residency === undefined ? {} : routingHeaders({ residency }));

checkLibrary("OpenAI SDK, Chat Completions", {
  model: GPT,
  retries: 2,
  namesRegion: true,
  expected,
  open: ({ fetch }, settings) => {
    const { completions } = connectByAddress(fetch, settings).chat;
    const headers = headersFor(settings);
    const ask = (content, more = {}) => ({ model: GPT, messages: [{ role: "user", content }], ...more });
    return {
      ask: async (prompt, { signal } = {}) =>
        (await completions.create(ask(prompt), { signal, headers })).choices[0].message.content,
      stream: async (prompt, { signal, onPiece } = {}) => {
        let text = "";
        for await (const chunk of await completions.create(ask(prompt, { stream: true }), { signal, headers })) {
          const piece = chunk.choices[0]?.delta.content ?? "";
          text += piece;
          if (piece !== "") onPiece?.(piece);
        }
        return text;
      },
      callTool: async () => {
        const { name, description, schema } = WEATHER;
        const tools = [{ type: "function", function: { name, description, parameters: schema } }];
        const choice = { type: "function", function: { name } };
        const answer = await completions.create(ask("How is the weather?", { tools, tool_choice: choice }));
        const call = answer.choices[0].message.tool_calls[0].function;
        return { name: call.name, input: JSON.parse(call.arguments) };
      },
    };
  },
});

checkLibrary("OpenAI SDK, Responses", {
  model: GPT,
  retries: 2,
  namesRegion: true,
  expected,
  open: ({ fetch }, settings) => {
    const { responses } = connect(fetch, settings);
    const headers = headersFor(settings);
    const ask = (input, more = {}) => ({ model: GPT, input, ...more });
    return {
      ask: async (prompt, { signal } = {}) => (await responses.create(ask(prompt), { signal, headers })).output_text,
      stream: async (prompt, { signal, onPiece } = {}) => {
        let text = "";
        for await (const event of await responses.create(ask(prompt, { stream: true }), { signal, headers })) {
          if (event.type !== "response.output_text.delta") continue;
          text += event.delta;
          onPiece?.(event.delta);
        }
        return text;
      },
      callTool: async () => {
        const { name, description, schema } = WEATHER;
        const tools = [{ type: "function", name, description, parameters: schema, strict: false }];
        const choice = { type: "function", name };
        const answer = await responses.create(ask("How is the weather?", { tools, tool_choice: choice }));
        const call = answer.output.find(({ type }) => type === "function_call");
        return { name: call.name, input: JSON.parse(call.arguments) };
      },
    };
  },
});

describe("OpenAI SDK, what is stored", () => {
  test("is gone on from, read and deleted where it was made", async () => {
    const door = await openDoor({ sourceRegions: ["us-west-2"] });
    try {
      const { responses } = connect(door.fetch);
      const throttle = door.simulator.rule({ match: { sourceRegion: "us-east-1" }, fault: { kind: "throttle" } });
      const made = await responses.create({ model: GPT, input: "Hello" });
      throttle.remove();
      const next = await responses.create({ model: GPT, input: "And?", previous_response_id: made.id });
      assert.equal(next.output_text, TEXT);
      assert.equal((await responses.retrieve(made.id)).id, made.id);
      await responses.delete(made.id);
      const after = door.simulator.requests().slice(-3);
      assert.deepEqual(
        after.map(({ operation, sourceRegion }) => `${operation} ${sourceRegion}`),
        ["CreateResponse us-west-2", "GetResponse us-west-2", "DeleteResponse us-west-2"],
      );
    } finally {
      await door.close();
    }
  });
});
