// Makes as many calls as it is told with one of two clients, and tells the CPU time of one call in microseconds.
import { call, cpuOf, makeClient } from "./client.mjs";
import { record, recordThree } from "./record.mjs";
import { stubHandler } from "./stub-handler.mjs";

const make = () => makeClient("routed", { requestHandler: stubHandler() });
const clients = [await make(), await make()];
const { recorded } = JSON.parse(process.argv[2]);
if (recorded === "three") recordThree(clients[1].client);
else if (recorded !== undefined) await record(clients[1].client, recorded);
process.on("disconnect", () => process.exit(0));
process.on("message", async ({ calls, which }) => {
  const { client, modelId } = clients[which];
  const us = await cpuOf(async () => {
    for (let number = 0; number < calls; number += 1) await call(client, modelId, false);
  });
  process.send(us / calls);
});
process.send("ready");
