import { appendFile } from "node:fs/promises";
import type { Access } from "./gateway.ts";

/** One line for each request: nothing of what was asked or answered, nor of how it was authorized. */
export function accessLine(access: Access): string {
  const { startedAt, method, path, status, route, attempts, error, firstByteMs, totalMs, end } = access;
  const facts = [
    new Date(startedAt).toISOString(),
    `${method} ${path}`,
    status ?? "-",
    ...(route === undefined ? [] : [route]),
    ...(attempts === undefined ? [] : [`${attempts} ${attempts === 1 ? "attempt" : "attempts"}`]),
    ...(error === undefined ? [] : [error]),
    ...(firstByteMs === undefined ? [] : [`first byte ${Math.round(firstByteMs)} ms`]),
    `${Math.round(totalMs)} ms`,
    ...(end === "complete" ? [] : [end]),
  ];
  return `${facts.join("  ")}\n`;
}

/** Writes lines to a file one after the other, or to standard error. */
export function accessLog(file: string | undefined): (access: Access) => void {
  if (file === undefined) return (access) => void process.stderr.write(accessLine(access));
  let last: Promise<void> = Promise.resolve();
  return (access) => {
    last = last
      .then(() => appendFile(file, accessLine(access)))
      .catch((error: unknown) => {
        process.stderr.write(`${file}: ${String(error)}\n`);
      });
  };
}
