import { connect, type Socket } from "node:net";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * A client of Valkey and Redis as small as it can be (RESP2): it pipelines, and connects anew when it has to. While the
 * engine is frozen it waits without end, as the usual clients do.
 * @see https://valkey.io/topics/protocol/
 */
export class RespClient {
  readonly #port: number;
  readonly #greeting: readonly string[][];
  #socket: Socket | undefined;
  #waiting: Waiting[] = [];
  #unread: Buffer = Buffer.alloc(0);

  /** @param greeting - commands that begin every connection, such as `AUTH` */
  constructor(port: number, greeting: readonly string[][] = []) {
    this.#port = port;
    this.#greeting = greeting;
  }

  readonly send = (command: readonly string[]): Promise<unknown> => {
    this.#socket ??= this.#connected();
    return this.#write(command);
  };

  /** Commands without an answer. */
  get waiting(): number {
    return this.#waiting.length;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #write(command: readonly string[]): Promise<unknown> {
    const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
    this.#socket?.write(`*${command.length}\r\n${parts.join("")}`);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #connected(): Socket {
    const socket = connect(this.#port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.on("data", (data) => {
      this.#unread = Buffer.concat([this.#unread, data]);
      this.#read();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#socket = undefined;
      this.#unread = Buffer.alloc(0);
      for (const { reject } of this.#waiting.splice(0)) reject(new Error("The connection was closed"));
    });
    this.#socket = socket;
    for (const command of this.#greeting) this.#write(command).catch(() => {});
    return socket;
  }

  #read(): void {
    for (let parsed = parse(this.#unread, 0); parsed !== undefined; parsed = parse(this.#unread, 0)) {
      this.#unread = this.#unread.subarray(parsed.end);
      const waiting = this.#waiting.shift();
      if (parsed.value instanceof Error) waiting?.reject(parsed.value);
      else waiting?.resolve(parsed.value);
    }
  }
}

function parse(bytes: Buffer, from: number): { readonly value: unknown; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf("\r\n", from);
  if (lineEnd < 0) return undefined;
  const line = bytes.toString("utf8", from + 1, lineEnd);
  const next = lineEnd + 2;
  switch (String.fromCharCode(bytes[from] ?? 0)) {
    case "+":
      return { value: line, end: next };
    case "-":
      return { value: new Error(line), end: next };
    case ":":
      return { value: Number(line), end: next };
    case "$": {
      const length = Number(line);
      if (length < 0) return { value: null, end: next };
      if (bytes.length < next + length + 2) return undefined;
      return { value: bytes.toString("utf8", next, next + length), end: next + length + 2 };
    }
    case "*": {
      const values: unknown[] = [];
      let end = next;
      for (let left = Number(line); left > 0; left -= 1) {
        const item = parse(bytes, end);
        if (item === undefined) return undefined;
        values.push(item.value);
        end = item.end;
      }
      return { value: values, end };
    }
    default:
      throw new Error(`No answer begins with ${bytes[from]}`);
  }
}
