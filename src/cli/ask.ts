import { text } from "node:stream/consumers";
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import pc from "picocolors";
import { getRouting } from "../router/reports.ts";
import type { RoutingReport } from "../types/attempt.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { connect } from "./connect.ts";
import { type PolicyFlags, routingFrom } from "./policy-flags.ts";

/** Flags of the command `ask`. */
export interface AskFlags extends PolicyFlags {
  readonly model: string;
  readonly region?: string;
  readonly maxTokens: number;
  readonly simulate?: boolean;
}

/** Sends one prompt and streams the answer to standard output; the route goes to standard error. */
export async function ask(given: string, flags: AskFlags): Promise<void> {
  const prompt = given === "-" ? await text(process.stdin) : given;
  if (prompt.trim() === "") {
    throw new InvalidOptionsError(given === "-" ? "standard input" : "<prompt>", "must hold a prompt", "nothing");
  }
  const routing = await routingFrom(flags);
  const { client, close } = await connect(flags.region, routing, flags.simulate ?? false);
  try {
    const response = await client.send(
      new ConverseStreamCommand({
        modelId: flags.model,
        messages: [{ role: "user", content: [{ text: prompt }] }],
        inferenceConfig: { maxTokens: flags.maxTokens },
      }),
    );
    for await (const event of response.stream ?? []) process.stdout.write(event.contentBlockDelta?.delta?.text ?? "");
    process.stdout.write("\n");
    process.stderr.write(describeRoute(getRouting(response)));
  } finally {
    await close();
  }
}

function describeRoute(report: RoutingReport | undefined): string {
  const colors = pc.createColors(pc.isColorSupported && process.stderr.isTTY === true);
  const lines = (report?.attempts ?? []).map(({ route, outcome, ttfbMs, totalMs, family }) => {
    const times =
      ttfbMs === undefined
        ? ""
        : `, first byte after ${Math.round(ttfbMs)} ms, done after ${Math.round(totalMs ?? 0)} ms`;
    const what =
      outcome === "succeeded"
        ? colors.green("served by")
        : colors.yellow(`${outcome}${family === undefined ? "" : ` (${family})`}:`);
    return `${what} ${route.modelId} from ${route.sourceRegion}${times}\n`;
  });
  return lines.join("");
}
