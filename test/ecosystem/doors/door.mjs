import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createRoutedFetch } from "bedrock-routed-client/fetch";
import { createSimulator } from "bedrock-routed-client/simulator";

export const REGION = "us-east-1";
export const CLAUDE = "anthropic.claude-sonnet-4-6";
export const GPT = "openai.gpt-5.6-sol";
/** Where a library is pointed without us: its own setting stays as it is. */
export const runtimeOf = (region) => `https://bedrock-runtime.${region}.amazonaws.com`;

export const TEXT = "One two three four five six.";

/** The tool that models are made to call. */
export const WEATHER = {
  name: "get_weather",
  description: "The weather of a city",
  schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

/** A Bedrock on loopback, and a routed fetch that calls it. */
export async function openDoor(routing = {}) {
  const simulator = await createSimulator({ timeScale: 0, answer: () => TEXT });
  const fetch = createRoutedFetch({
    ...simulator.clientConfig({ region: REGION }),
    routing: { policy: "latency", ...routing },
  });
  return {
    simulator,
    fetch,
    client: fetch.client,
    /** Source Region and `modelId` of each call, in order. */
    calls: () => simulator.requests().map(({ sourceRegion, modelId }) => `${sourceRegion} ${modelId}`),
    async close() {
      fetch.client.destroy();
      await simulator.close();
    },
  };
}

const routes = (model) => [`${REGION} global.${model}`, `${REGION} us.${model}`];
const BAD_REQUEST = { name: "ValidationException", status: 400, message: "Input is too long for requested model." };

/** What a thrown error, and what is beneath it, say in all. */
export function wordsOf(error) {
  const layers = [];
  for (let layer = error; layer && layers.length < 8; layer = layer.cause ?? layer.lastError) layers.push(layer);
  return layers
    .map((layer) =>
      [layer.name, layer.constructor?.name, layer.message, layer.responseBody, layer.statusCode].join(" "),
    )
    .join("\n");
}

/**
 * The same for every library. A library gives:
 *
 * - `open(door, settings)`: an object with `ask(prompt, { signal })` → text, `stream(prompt, { signal, onPiece })` → text,
 *   `callTool()` → `{ name, input }`;
 * - `model`, and which errors it raises: `badRequest`, `throttled`, `aborted`, `refused`, as patterns of their words;
 * - `retries`: how often it repeats a throttled request by itself;
 * - `namesRegion`: whether it has a setting for the Region, which contradicts that of the router when it is another.
 */
export function checkLibrary(name, library) {
  const { model, open, expected } = library;
  const [first, second] = routes(model);
  const check = (title, body, options = {}) =>
    test(title, options, async (context) => {
      const door = await openDoor(library.routing);
      try {
        await body(door, await open(door), context);
      } finally {
        await door.close();
      }
    });

  describe(name, { concurrency: 4 }, () => {
    check("answers, by the best route", async (door, opened) => {
      assert.equal(await opened.ask("Hello"), TEXT);
      assert.deepEqual(door.calls(), [first]);
    });

    check("streams", async (door, opened) => {
      let pieces = 0;
      const text = await opened.stream("Hello", { onPiece: () => (pieces += 1) });
      assert.equal(text, TEXT);
      assert.ok(pieces > 1, `${pieces} pieces`);
      assert.deepEqual(door.calls(), [first]);
    });

    if (library.callsTools !== false) {
      check("calls tools", async (_, opened) => {
        assert.deepEqual(await opened.callTool(), { name: WEATHER.name, input: { city: "example" } });
      });
    }

    check("does not notice that a route is throttled", async (door, opened) => {
      door.simulator.enqueue({ kind: "throttle" });
      assert.equal(await opened.ask("Hello"), TEXT);
      assert.deepEqual(door.calls(), [first, second]);
    });

    check("does not notice that a stream begins with an exception", async (door, opened) => {
      door.simulator.enqueue({ kind: "first-frame-exception" });
      assert.equal(await opened.stream("Hello"), TEXT);
      assert.deepEqual(door.calls(), [first, second]);
    });

    check("is told that a stream was cut off", async (door, opened) => {
      door.simulator.enqueue({ kind: "end-early", afterContentEvents: 1 });
      const outcome = await opened.stream("Hello").then(
        (text) => `passed for whole: ${text}`,
        (error) => wordsOf(error),
      );
      assert.match(outcome, expected.cutOff ?? /ended before its terminator/);
      assert.equal(door.calls().length, 1);
    });

    check("gets its own error for a bad request, after one call", async (door, opened) => {
      door.simulator.rule({ fault: { kind: "error", ...BAD_REQUEST } });
      await assert.rejects(opened.ask("Hello"), (error) => matches(wordsOf(error), expected.badRequest));
      assert.equal(door.calls().length, 1);
    });

    check("gets its own error with the reason when no route is allowed, and sends nothing", async (door, opened) => {
      const restricted = await open(door, { residency: "eu" });
      await assert.rejects((restricted ?? opened).ask("Hello"), (error) => matches(wordsOf(error), expected.refused));
      assert.deepEqual(door.calls(), []);
    });

    if (library.namesRegion) {
      check("gets its own error when its Region is not the router's, and sends nothing", async (door) => {
        const elsewhere = await open(door, { region: "eu-west-1" });
        await assert.rejects(elsewhere.ask("Hello"), (error) =>
          matches(wordsOf(error), /must be the home Region of the router, us-east-1[\s\S]*eu-west-1/),
        );
        assert.deepEqual(door.calls(), []);
      });
    }

    for (const [call, start] of [
      ["a request", (opened, signal) => opened.ask("Hello", { signal })],
      ["a stream", (opened, signal) => opened.stream("Hello", { signal })],
    ]) {
      check(`aborts ${call} in flight, upstream too`, async (door, opened) => {
        door.simulator.rule({ fault: { kind: "hang" } });
        const abort = new AbortController();
        const outcome = start(opened, abort.signal).then(
          () => "answered",
          (error) => wordsOf(error),
        );
        const request = await door.simulator.takeRequest();
        abort.abort();
        assert.match(await outcome, expected.aborted);
        assert.equal((await request.ended).clientCancelled, true);
        assert.deepEqual(door.calls(), [first]);
      });
    }

    check("does not multiply calls when all routes are throttled", async (door, opened, context) => {
      door.simulator.rule({ fault: { kind: "throttle" } });
      const startedAt = performance.now();
      await assert.rejects(opened.ask("Hello"), (error) => matches(wordsOf(error), expected.throttled));
      const calls = door.calls().length;
      context.diagnostic(
        `all routes throttled: ${calls} calls in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
      );
      // A round over both routes, and one call for each retry of the library: the other route still waits by then.
      assert.ok(calls <= 2 + 2 * library.retries, `${calls} calls`);
      assert.ok(calls >= 2 + library.retries, `${calls} calls`);
    });
  });
}

function matches(words, pattern) {
  assert.match(words, pattern);
  return true;
}
