import { connect as connectHttp2 } from "node:http2";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Exchange } from "../../src/util/exchange.ts";
import { type Listener, listen } from "../../src/util/listen.ts";

let listener: Listener | undefined;
afterEach(() => listener?.close());

describe("one port", () => {
  it("speaks HTTP/1.1 and HTTP/2 with prior knowledge", async () => {
    const port = await start(echo);
    expect(await http1(port)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*served 1\.1/s);
    expect(await http2(port)).toBe("served 2");
  });

  it("is bound to loopback alone, and free when 0 is asked for", async () => {
    const first = await listen(0, echo);
    const second = await listen(0, echo);
    expect(first.port).not.toBe(second.port);
    await Promise.all([first.close(), second.close()]);
  });

  it("rejects when it is taken", async () => {
    const port = await start(echo);
    await expect(listen(port, echo)).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it.each([http1, http2])("understands first bytes that arrive one at a time", async (speak) => {
    const port = await start(echo);
    const trickle = createServer((client) => {
      const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
      client.once("data", async (head: Buffer) => {
        client.pause();
        for (const byte of head) {
          upstream.write(Buffer.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        client.pipe(upstream);
      });
      upstream.pipe(client);
    });
    await new Promise<void>((resolve) => trickle.listen(0, "127.0.0.1", resolve));

    expect(await speak((trickle.address() as AddressInfo).port)).toMatch(/served/);

    trickle.close();
  });

  it("outlives connections that say nothing, talk nonsense, or die in the middle", async () => {
    const port = await start(echo);
    const silent = await tcp(port);
    silent.destroy();
    const nonsense = await tcp(port);
    nonsense.end("\u0016\u0003\u0001 not HTTP at all\r\n\r\n");
    let refusal = "";
    for await (const chunk of nonsense) refusal += String(chunk);
    expect(refusal).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    const halfPreface = await tcp(port);
    halfPreface.write("PRI * HTTP/2.0\r\n");
    halfPreface.resetAndDestroy();
    const halfRequest = await tcp(port);
    halfRequest.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nonly a part");
    halfRequest.resetAndDestroy();
    expect(await http2(port)).toBe("served 2");
    expect(await http1(port)).toMatch(/served 1\.1/);
  });

  it("closes at once although requests hang and connections idle", async () => {
    let hanging = 0;
    const bothHang = new Promise<void>((resolve) => {
      void start(() => {
        hanging += 1;
        if (hanging === 2) resolve();
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    const { port } = listener ?? (await untilListening());
    const idle = await tcp(port);
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on("error", () => undefined);
    const stream = session.request({ ":path": "/" });
    stream.on("error", () => undefined);
    const unanswered = await tcp(port);
    unanswered.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await bothHang;

    await listener?.close();

    await Promise.all([closed(idle), closed(unanswered), new Promise((resolve) => session.once("close", resolve))]);
    await expect(tcp(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

async function start(onExchange: (exchange: Exchange) => void): Promise<number> {
  listener = await listen(0, onExchange);
  return listener.port;
}

async function untilListening(): Promise<Listener> {
  while (listener === undefined) await new Promise((resolve) => setImmediate(resolve));
  return listener;
}

function echo(exchange: Exchange): void {
  void exchange.readBody().then(
    () => exchange.respond(200, {}, `served ${exchange.httpVersion}`),
    () => undefined,
  );
}

async function http1(port: number): Promise<string> {
  const socket = await tcp(port);
  socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

async function http2(port: number): Promise<string> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  let text = "";
  for await (const chunk of session.request({ ":path": "/" })) text += String(chunk);
  session.destroy();
  return text;
}

function tcp(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.resume().once("close", () => resolve());
  });
}
