// Tells the CPU time of the first request of a process, in microseconds.
import { call, cpuOf, MODEL, makeClient } from "./client.mjs";
import { stubHandler } from "./stub-handler.mjs";

const { subject, throttled } = JSON.parse(process.argv[2]);
const requestHandler = stubHandler(throttled ? { throttledModelId: `eu.${MODEL}` } : {});
const { client, modelId } = await makeClient(subject, { requestHandler });
// The plain client only finds its own three attempts throttled.
const us = await cpuOf(() => call(client, modelId, false).catch(() => {}));
process.send(us);
process.disconnect();
