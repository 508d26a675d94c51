// A server on loopback that answers Converse and its stream at once, over HTTP/2 or HTTP/1.1.
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { BODY, framesOf } from "./stub-handler.mjs";

const { httpVersion = "2", chunks = 5 } = JSON.parse(process.argv[2]);
const frames = framesOf(chunks);
const server = (httpVersion === "2" ? createHttp2Server : createHttpServer)((request, response) => {
  request.resume().on("end", () => {
    const streaming = request.url.endsWith("/converse-stream");
    response.writeHead(200, { "content-type": streaming ? "application/vnd.amazon.eventstream" : "application/json" });
    if (streaming) for (const frame of frames) response.write(frame);
    response.end(streaming ? undefined : BODY);
  });
});
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.on("disconnect", () => process.exit(0));
