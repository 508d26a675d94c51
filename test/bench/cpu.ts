import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type * as Library from "bedrock-routed-client";
import { medianOf } from "./median.ts";
import { stubHandler } from "./stub-handler.ts";

const MODEL = "anthropic.claude-sonnet-4-6";
const ROUNDS = 40;
const CALLS = 250;
const WARM_UP_CALLS = 4_000;

type Subject = "plain" | "routed";

/** CPU time of a Converse call. */
export interface CpuFigures {
  readonly ratio: number;
  readonly plainUs: number;
  readonly routedUs: number;
}

/**
 * CPU time of a routed Converse call over the plain client's, in alternating rounds. Each client has a process of its
 * own, as in an application: beside another kind of client the SDK's code is optimised less well.
 * @param transport - what both send through: a stub in the process, or an endpoint that is reached over HTTP/2
 */
export async function measureCpu(transport: { readonly endpoint?: string }): Promise<CpuFigures> {
  const subjects: Readonly<Record<Subject, ChildProcess>> = { plain: start("plain"), routed: start("routed") };
  for (const child of Object.values(subjects)) await cpuPerCall(child, WARM_UP_CALLS);
  const rounds: Record<Subject, number>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await cpuPerCall(subjects.plain, CALLS);
    rounds.push({ plain, routed: await cpuPerCall(subjects.routed, CALLS) });
  }
  for (const child of Object.values(subjects)) child.disconnect();
  const plainUs = medianOf(rounds.map(({ plain }) => plain));
  const routedUs = medianOf(rounds.map(({ routed }) => routed));
  return { ratio: routedUs / plainUs, plainUs, routedUs };

  function start(subject: Subject): ChildProcess {
    return fork(new URL(import.meta.url), [subject, transport.endpoint ?? ""], { execArgv: ["--import", "tsx"] });
  }
}

async function cpuPerCall(child: ChildProcess, calls: number): Promise<number> {
  child.send(calls);
  const [us] = (await once(child, "message")) as [number];
  return us;
}

if (process.send !== undefined) await serve(process.argv[2] as Subject, process.argv[3] ?? "");

/** Makes as many calls as it is told, again and again, and tells what they took. */
async function serve(subject: Subject, endpoint: string): Promise<void> {
  const sdk = await import("@aws-sdk/client-bedrock-runtime");
  const config = {
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    ...(endpoint === "" ? { requestHandler: stubHandler as never } : { endpoint }),
  };
  // The built package: what users run, without a compiler in between.
  const built = new URL("../../dist/index.js", import.meta.url).href;
  const client: BedrockRuntimeClient =
    subject === "plain"
      ? new sdk.BedrockRuntimeClient(config)
      : ((await import(built)) as typeof Library).createRoutedClient({ ...config, routing: { policy: "latency" } });
  const modelId = subject === "plain" ? `eu.${MODEL}` : MODEL;
  process.on("disconnect", () => process.exit(0));
  process.on("message", async (calls: number) => {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call += 1) {
      const messages = [{ role: "user" as const, content: [{ text: "What is an inference profile?" }] }];
      await client.send(new sdk.ConverseCommand({ modelId, messages }));
    }
    const { user, system } = process.cpuUsage(before);
    process.send?.((user + system) / calls);
  });
}
