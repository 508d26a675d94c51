import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Exchange } from "../../src/util/exchange.ts";
import { type Listener, listen } from "../../src/util/listen.ts";

let listener: Listener | undefined;
afterEach(() => listener?.close());

/** Starts a listener and gives the first exchange that comes. */
async function nextExchange(): Promise<{ readonly port: number; readonly exchange: Promise<Exchange> }> {
  let resolveExchange: (exchange: Exchange) => void;
  const exchange = new Promise<Exchange>((resolve) => {
    resolveExchange = resolve;
  });
  listener = await listen(0, (incoming) => resolveExchange(incoming));
  return { port: listener.port, exchange };
}

describe("an exchange over HTTP/1.1", () => {
  it("reads the request as it was sent", async () => {
    const { port, exchange } = await nextExchange();
    const response = fetch(`http://127.0.0.1:${port}/a%3Ab?c=d`, {
      method: "POST",
      headers: { "X-Custom": "1" },
      body: "text",
    });
    const received = await exchange;
    expect(received).toMatchObject({ method: "POST", path: "/a%3Ab?c=d", httpVersion: "1.1" });
    expect(received.headers["x-custom"]).toBe("1");
    expect(Buffer.from(await received.readBody()).toString()).toBe("text");
    received.respond(201, { "x-answer": "2" }, "done");
    const answer = await response;
    expect([answer.status, answer.headers.get("x-answer"), await answer.text()]).toEqual([201, "2", "done"]);
    expect(received.gone.aborted).toBe(false);
  });

  it("rejects reading a body that its client does not finish", async () => {
    const { port, exchange } = await nextExchange();
    const socket = connect(port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf");
    const received = await exchange;
    const body = received.readBody();
    socket.destroy();
    await expect(body).rejects.toThrow();
  });

  it("is gone when its client leaves before the end", async () => {
    const { port, exchange } = await nextExchange();
    const socket = connect(port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    const received = await exchange;
    received.start(200, {});
    await received.write(Buffer.from("some"));
    const gone = new Promise((resolve) => received.gone.addEventListener("abort", resolve));
    socket.destroy();
    await gone;
    await expect(received.write(Buffer.from("more"))).rejects.toThrow();
  });
});

describe("an exchange over HTTP/2", () => {
  it("knows the authority also as host, and keeps it for signatures that cover it", async () => {
    const { port, exchange } = await nextExchange();
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.request({ ":path": "/x" }).resume();
    const { headers } = await exchange;
    expect([headers.host, headers[":authority"]]).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
    session.destroy();
  });

  it("rejects reading a body that its client does not finish", async () => {
    const { port, exchange } = await nextExchange();
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":method": "POST", ":path": "/x" });
    stream.write("half");
    const body = (await exchange).readBody();
    session.destroy();
    await expect(body).rejects.toThrow();
  });

  it("does not send headers that HTTP/2 forbids", async () => {
    const { port, exchange } = await nextExchange();
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":path": "/x" });
    const headers = new Promise<object>((resolve) => stream.once("response", resolve));
    (await exchange).respond(200, { Connection: "close", "transfer-encoding": "chunked", "x-kept": "1" }, "");
    expect(await headers).toMatchObject({ ":status": 200, "x-kept": "1" });
    session.destroy();
  });

  it("holds its writer back while the client does not read, and lets it go when the client leaves", async () => {
    const { port, exchange } = await nextExchange();
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":path": "/x" });
    stream.pause();
    const received = await exchange;
    await received.readBody();
    received.start(200, {});
    let written = 0;
    const writing = (async () => {
      for (; written < 1_000; written++) await received.write(Buffer.alloc(64 * 1024));
    })();
    await new Promise((resolve) => stream.once("response", resolve));
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    const whileHeld = written;
    stream.close();
    await expect(writing).rejects.toThrow();
    expect(whileHeld).toBeLessThan(100);
    session.destroy();
  });
});
