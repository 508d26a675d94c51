import pc from "picocolors";
import { connect } from "./connect.ts";
import { EXIT_CODES } from "./exit-code.ts";
import { type PolicyFlags, routingFrom } from "./policy-flags.ts";
import { renderPlan } from "./render-plan.ts";

/** Flags of the command `plan`. */
export interface PlanFlags extends PolicyFlags {
  readonly region?: string;
  readonly json?: boolean;
}

/** Prints what would be tried for a model, in order, and what was rejected and why. Makes no network call. */
export async function plan(model: string, flags: PlanFlags): Promise<void> {
  const routing = await routingFrom(flags);
  const { client, close } = await connect(flags.region, { catalog: "bundled", ...routing }, false);
  try {
    const made = await client.routing.plan(model);
    const colors = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);
    process.stdout.write(flags.json === true ? `${JSON.stringify(made, null, 2)}\n` : renderPlan(made, colors));
    if (made.unlisted) process.exitCode = EXIT_CODES.finding;
    if (made.candidates.length === 0) process.exitCode = EXIT_CODES.noRoute;
  } finally {
    await close();
  }
}
