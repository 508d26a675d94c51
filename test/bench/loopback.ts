import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { BODY } from "./stub-handler.ts";

/** A server on loopback that answers Converse at once over HTTP/2, in a process of its own. */
export interface Loopback {
  readonly endpoint: string;
  close(): void;
}

/** Starts the server. */
export async function startLoopback(): Promise<Loopback> {
  const child = fork(new URL(import.meta.url), { execArgv: ["--import", "tsx"] });
  const [port] = (await once(child, "message")) as [number];
  return { endpoint: `http://127.0.0.1:${port}`, close: () => child.kill() };
}

if (process.send !== undefined) {
  const server = createServer();
  server.on("stream", (stream) => {
    stream.resume().on("end", () => {
      stream.respond({ ":status": 200, "content-type": "application/json" });
      stream.end(BODY);
    });
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.on("disconnect", () => process.exit(0));
}
