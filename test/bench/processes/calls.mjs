// Makes as many calls as it is told, again and again, and tells the CPU time of one in microseconds.
import { call, cpuOf, makeClient } from "./client.mjs";
import { stubHandler } from "./stub-handler.mjs";

const { subject, cacheMiddleware, streaming, chunks, endpoint } = JSON.parse(process.argv[2]);
const { client, modelId } = await makeClient(subject, {
  ...(cacheMiddleware ? { cacheMiddleware } : {}),
  ...(endpoint === undefined ? { requestHandler: stubHandler({ chunks }) } : { endpoint }),
});
process.on("disconnect", () => process.exit(0));
process.on("message", async (calls) => {
  const us = await cpuOf(async () => {
    for (let number = 0; number < calls; number += 1) await call(client, modelId, streaming);
  });
  process.send(us / calls);
});
process.send("ready");
