import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const FOLDER = dirname(createRequire(import.meta.url).resolve("@portkey-ai/gateway/package.json"));
const STATUS_CODES = [408, 429, 500, 502, 503, 504];

/** Started once: it keeps nothing between requests, and its first ones pay for loading. */
let gateway;

/** The gateway in a process of its own, called as its users do: an OpenAI request with the config in a header. */
export async function create({ targets, endpoints, apiKey, attemptTimeoutMs, variant }) {
  const config = {
    strategy: { mode: "fallback", ...(variant === "status codes" ? { on_status_codes: STATUS_CODES } : {}) },
    targets: targets.map(({ region, modelId }) => ({
      provider: "bedrock",
      // Its signatures leave out the port of the host, so they are valid on the standard ports alone.
      aws_auth_type: "apiKey",
      api_key: apiKey,
      aws_region: region,
      custom_host: endpoints[region],
      override_params: { model: modelId },
    })),
    ...(attemptTimeoutMs === undefined ? {} : { request_timeout: attemptTimeoutMs }),
  };
  gateway ??= startGateway();
  const { url } = await gateway;
  return {
    async *ask(prompt, signal) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-portkey-config": JSON.stringify(config) },
        body: JSON.stringify({
          model: targets[0].modelId,
          messages: [{ role: "user", content: prompt }],
          max_tokens: 200,
          stream: true,
        }),
        signal,
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      for await (const data of serverSentEvents(response.body)) {
        if (data === "[DONE]") return;
        const event = JSON.parse(data);
        if (event.error) throw new Error(JSON.stringify(event.error));
        const text = event.choices?.[0]?.delta?.content;
        if (text) yield text;
      }
    },
    close() {},
  };
}

async function startGateway() {
  const port = await freePort();
  const child = spawn(process.execPath, [join(FOLDER, "build/start-server.js"), `--port=${port}`, "--headless"], {
    stdio: "ignore",
  });
  process.on("exit", () => child.kill());
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with code ${child.exitCode}`);
    await pause(50);
  }
  return { url };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function* serverSentEvents(body) {
  let rest = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith("data:")) yield line.slice(5).trim();
  }
}
