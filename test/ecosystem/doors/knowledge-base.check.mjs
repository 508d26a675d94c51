/**
 * A knowledge base with a routed client. `RetrieveAndGenerate` is another service's, and chooses neither Region nor profile:
 * what is retrieved belongs to the Region of the knowledge base, what is generated does not.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http2";
import { test } from "node:test";
import { BedrockAgentRuntimeClient, RetrieveCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { CLAUDE, openDoor, REGION, TEXT } from "./door.mjs";

test("retrieves at home and generates by the best route", async () => {
  const door = await openDoor();
  const knowledge = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ retrievalResults: [{ content: { text: "Profiles name Regions." } }] }));
    });
  });
  knowledge.listen(0, "127.0.0.1");
  await once(knowledge, "listening");
  const { credentials } = door.simulator.clientConfig();
  const agents = new BedrockAgentRuntimeClient({
    region: REGION,
    credentials,
    endpoint: `http://127.0.0.1:${knowledge.address().port}`,
  });
  try {
    const question = "What is an inference profile?";
    const { retrievalResults } = await agents.send(
      new RetrieveCommand({ knowledgeBaseId: "KB12345678", retrievalQuery: { text: question } }),
    );
    const passages = retrievalResults.map(({ content }) => content.text).join("\n\n");
    door.simulator.enqueue({ kind: "throttle" });
    const { output } = await door.client.send(
      new ConverseCommand({
        modelId: CLAUDE,
        system: [{ text: `Answer from these passages alone:\n\n${passages}` }],
        messages: [{ role: "user", content: [{ text: question }] }],
      }),
    );
    assert.equal(output.message.content[0].text, TEXT);
    assert.equal(door.calls().length, 2);
    assert.match(door.simulator.requests()[1].body.system[0].text, /Profiles name Regions\./);
  } finally {
    agents.destroy();
    knowledge.close();
    await door.close();
  }
});
