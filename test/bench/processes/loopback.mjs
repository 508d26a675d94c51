// A server on loopback that answers Converse at once over HTTP/2.
import { createServer } from "node:http2";
import { BODY } from "./stub-handler.mjs";

const server = createServer();
server.on("stream", (stream) => {
  stream.resume().on("end", () => {
    stream.respond({ ":status": 200, "content-type": "application/json" });
    stream.end(BODY);
  });
});
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.on("disconnect", () => process.exit(0));
