import { once } from "node:events";
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";

/** A request as the service sees it. */
export interface JudgedCall {
  /** The Region in the scope of the signature. */
  readonly sourceRegion: string;
  readonly modelId: string;
  /** `us-east-1 us.amazon.nova-pro-v1:0` */
  readonly route: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** How many calls of this route came before it. */
  readonly earlier: number;
}

/** Why a call is refused; `undefined` when it is served. */
export type Verdict = { readonly status: number; readonly name: string; readonly message: string } | undefined;

/** A Bedrock that decides about each call, written from AWS's API reference alone: it shares nothing with the simulator. */
export interface JudgingBedrock extends AsyncDisposable {
  readonly endpoint: string;
  /** The calls that arrived, with what became of them. */
  readonly calls: readonly (JudgedCall & { readonly refusedWith: string | undefined })[];
}

export interface JudgingOptions {
  /** By how much the clock of the service is ahead of ours. */
  readonly aheadMs?: number;
}

const FIVE_MINUTES = 300_000;

export async function startJudgingBedrock(
  judge: (call: JudgedCall) => Verdict,
  { aheadMs = 0 }: JudgingOptions = {},
): Promise<JudgingBedrock> {
  const calls: (JudgedCall & { readonly refusedWith: string | undefined })[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const call = callOf(request, Buffer.concat(chunks).toString("utf8"), calls);
      const verdict = signedAt(request, aheadMs) ?? judge(call);
      calls.push({ ...call, refusedWith: verdict?.name });
      answer(response, verdict, new Date(Date.now() + aheadMs));
    });
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function callOf(request: Http2ServerRequest, text: string, calls: readonly JudgedCall[]): JudgedCall {
  const sourceRegion = /Credential=[^/]+\/\d+\/([^/]+)/.exec(String(request.headers.authorization))?.[1] ?? "";
  const [, , modelId = ""] = decodeURIComponent(request.url).split("/");
  const route = `${sourceRegion} ${modelId}`;
  const earlier = calls.filter((call) => call.route === route).length;
  return { sourceRegion, modelId, route, body: JSON.parse(text === "" ? "{}" : text), earlier };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
function signedAt(request: Http2ServerRequest, aheadMs: number): Verdict {
  const stamp = String(request.headers["x-amz-date"]);
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const offMs = Date.now() + aheadMs - at;
  if (Math.abs(offMs) < FIVE_MINUTES) return undefined;
  const message = offMs > 0 ? `Signature expired: ${stamp} is now earlier than` : `Signature not yet current: ${stamp}`;
  return { status: 403, name: "InvalidSignatureException", message };
}

function answer(response: Http2ServerResponse, verdict: Verdict, date: Date): void {
  response.writeHead(verdict?.status ?? 200, {
    date: date.toUTCString(),
    "content-type": "application/json",
    ...(verdict === undefined ? {} : { "x-amzn-errortype": verdict.name }),
  });
  response.end(JSON.stringify(verdict === undefined ? SERVED : { message: verdict.message }));
}

const SERVED = {
  output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  metrics: { latencyMs: 1 },
};

export const throttle: NonNullable<Verdict> = {
  status: 429,
  name: "ThrottlingException",
  message: "Too many requests, please wait before trying again.",
};

export function invalid(message: string): NonNullable<Verdict> {
  return { status: 400, name: "ValidationException", message };
}
