import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server, type ServerHttp2Session } from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createExchange, type Exchange } from "./exchange.ts";

/** A port on loopback. */
export interface Listener {
  readonly port: number;
  /**
   * Frees the port at once, and ends every connection, idle or not.
   * @param finished - what the connections wait for; by default nothing
   */
  close(finished?: Promise<unknown>): Promise<void>;
}

const loopback = "127.0.0.1";
/** An HTTP/2 connection with prior knowledge starts with `PRI * HTTP/2.0`; no HTTP/1.1 method starts like it. */
const prefaceStart = "PRI";
const neverReached = 1_000_000;

/** Serves HTTP/2 cleartext and HTTP/1.1 on one port: the first bytes of a connection tell which it is. */
export async function listen(port: number, onExchange: (exchange: Exchange) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  const http = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    onExchange(createExchange(request, response, request.socket));
  });

  // Node answers many cancelled streams with GOAWAY; a client that hedges is no attacker.
  const http2 = createHttp2Server({
    streamResetBurst: neverReached,
    streamResetRate: neverReached,
    maxSessionMemory: 256,
  } as object);
  const tcpSocketOf = new WeakMap<ServerHttp2Session, Socket>();
  let connecting: Socket | undefined;
  http2.on("session", (session) => {
    if (connecting !== undefined) tcpSocketOf.set(session, connecting);
    keepServing(session);
  });
  http2.on("sessionError", () => undefined);
  http2.on("request", (request, response) => {
    const session = request.stream.session;
    const socket = session === undefined ? undefined : tcpSocketOf.get(session as ServerHttp2Session);
    if (socket !== undefined) onExchange(createExchange(request, response, socket));
  });

  const server = createTcpServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    onFirstBytes(socket, (start) => {
      if (!start.startsWith(prefaceStart)) {
        http.emit("connection", socket);
        return;
      }
      // The session event is synchronous, and `session.socket` is a proxy that refuses to reset the connection.
      connecting = socket;
      http2.emit("connection", socket);
      connecting = undefined;
    });
  });
  await bind(server, port);

  return {
    port: (server.address() as AddressInfo).port,
    async close(finished) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await finished;
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Answers a client's GOAWAY with silence, as AWS does. Node answers it with one of its own while streams are still open,
 * and SDKs until May 2026, which say GOAWAY as soon as a response starts, take that for the end of the connection.
 */
function keepServing(session: ServerHttp2Session): void {
  const goaway = session.goaway.bind(session);
  // Node's own graceful close gives no code; `break("goaway")` does.
  session.goaway = (code, ...rest) => {
    if (code !== undefined) goaway(code, ...rest);
  };
}

function onFirstBytes(socket: Socket, decide: (start: string) => void): void {
  let head = Buffer.alloc(0);
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    if (head.length < prefaceStart.length) return;
    socket.removeListener("readable", onReadable);
    socket.unshift(head);
    decide(head.toString("latin1", 0, prefaceStart.length));
  };
  socket.on("readable", onReadable);
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: loopback }, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}
