// As calls.mjs, for requests that a library has built by itself: with the `fetch` of Node.js, with a routed one, and the
// same question to a routed client. All over HTTP/1.1, which the `fetch` of Node.js speaks.
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { call, cpuOf, MODEL, makeClient } from "./client.mjs";

const { subject, streaming, endpoint } = JSON.parse(process.argv[2]);
const { client } = await makeClient("routed", { endpoint, requestHandler: new NodeHttpHandler() });
const { createRoutedFetch } = await import(new URL("../../../dist/fetch.js", import.meta.url).href);
const routedFetch = createRoutedFetch(client);
const url = `${endpoint}/model/${MODEL}/converse${streaming ? "-stream" : ""}`;
const init = {
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer routed" },
  body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "What is an inference profile?" }] }] }),
};

const asks = {
  own: () => read(fetch(url, init)),
  routed: () => read(routedFetch(url, init)),
  client: () => call(client, MODEL, streaming),
};

process.on("disconnect", () => process.exit(0));
process.on("message", async (calls) => {
  const us = await cpuOf(async () => {
    for (let number = 0; number < calls; number += 1) await asks[subject]();
  });
  process.send(us / calls);
});
process.send("ready");

/** As libraries read: unary answers at once, streams piece by piece. */
async function read(answer) {
  const response = await answer;
  if (!streaming) return response.json();
  let bytes = 0;
  for await (const chunk of response.body) bytes += chunk.length;
  return bytes;
}
