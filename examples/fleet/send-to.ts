import { connect } from "node:net";

/**
 * In an application this is its own client of Valkey or Redis, such as ioredis; the example needs none. It sends commands
 * and reads their replies (RESP2), and does no more than that: it does not connect again.
 */
export function sendTo(port: number): { send(command: string[]): Promise<unknown>; close(): void } {
  const socket = connect(port, "127.0.0.1").unref();
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  let unread = "";
  socket.setEncoding("latin1").on("data", (text) => {
    unread += text;
    for (let reply = readReply(unread, 0); reply !== undefined; reply = readReply(unread, 0)) {
      unread = unread.slice(reply.end);
      const { value } = reply;
      if (value instanceof Error) waiting.shift()?.reject(value);
      else waiting.shift()?.resolve(value);
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    for (const { reject } of waiting.splice(0)) reject(new Error("The connection was closed"));
  });
  return {
    send: (command) => {
      socket.write(`*${command.length}\r\n${command.map((part) => `$${part.length}\r\n${part}\r\n`).join("")}`);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    close: () => socket.destroy(),
  };
}

/** A reply that is there as a whole, and where it ends. */
function readReply(text: string, from: number): { readonly value: unknown; readonly end: number } | undefined {
  const lineEnd = text.indexOf("\r\n", from);
  if (lineEnd < 0) return undefined;
  const line = text.slice(from + 1, lineEnd);
  const next = lineEnd + 2;
  if (text[from] === "-") return { value: new Error(line), end: next };
  if (text[from] === "$") {
    const end = next + Number(line) + 2;
    return text.length < end ? undefined : { value: text.slice(next, end - 2), end };
  }
  if (text[from] !== "*") return { value: line, end: next };
  const values: unknown[] = [];
  let end = next;
  for (let left = Number(line); left > 0; left -= 1) {
    const item = readReply(text, end);
    if (item === undefined) return undefined;
    values.push(item.value);
    end = item.end;
  }
  return { value: values, end };
}
