import { spawn } from "node:child_process";
import { constants } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { routingPage } from "../page/routing-page.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { type ConnectedClient, connect } from "./connect.ts";
import { addPolicyFlags, type PolicyFlags, parseRegion, routingFrom } from "./policy-flags.ts";
import { accessLog } from "./serve/access-log.ts";
import { childEnvironment, toolSettings } from "./serve/environment.ts";
import { type Access, type Gateway, openGateway } from "./serve/gateway.ts";

/** Flags of `bedrock-route serve` and `bedrock-route run`. */
interface GatewayFlags extends PolicyFlags {
  readonly region?: string;
  readonly port: number;
  readonly token?: string;
  readonly accessLog?: string;
  readonly quiet?: boolean;
  readonly profileIds: "model" | "boundary";
  readonly simulate?: boolean;
}

/** How long requests under way may take when the gateway is stopped. */
const GRACE_MS = 30_000;

/** Adds `serve` and `run`. */
export function addServeCommands(program: Command): void {
  addGatewayFlags(program.command("serve"))
    .description(
      "serve a routed Amazon Bedrock to the other programs of this machine: HTTP/1.1 and HTTP/2 on loopback; a page at / shows what the router sees",
    )
    .option("--port <port>", "the port on 127.0.0.1; 0 for any free one", portNumber, 8787)
    .option("--quiet", "write no access log")
    .addHelpText("after", "\nExample:\n  $ npx bedrock-routed-client serve --region eu-central-1 --residency eu")
    .action((flags: GatewayFlags) => serve(flags));
  addGatewayFlags(program.command("run"))
    .description(
      "run a command with a gateway of its own: its environment leads to the gateway, its exit code is returned",
    )
    .argument("<command...>", "the command and its arguments, after --")
    .option("--port <port>", "the port on 127.0.0.1", portNumber, 0)
    .passThroughOptions()
    .addHelpText(
      "after",
      "\nExample:\n  $ npx bedrock-routed-client run --region eu-central-1 --residency eu -- claude",
    )
    .action((command: string[], flags: GatewayFlags) => run(command, flags));
}

function addGatewayFlags(command: Command): Command {
  return addPolicyFlags(command)
    .option(
      "-r, --region <region>",
      "home Region (default: as the AWS SDK is configured; us-east-1 with --simulate)",
      parseRegion,
    )
    .addOption(
      new Option("--token <token>", "what callers have to show, as a bearer token or x-api-key (default: nothing)").env(
        "BEDROCK_ROUTE_TOKEN",
      ),
    )
    .addOption(
      new Option("--profile-ids <meaning>", "what an id such as us.anthropic.… means: its model, or a boundary too")
        .choices(["model", "boundary"])
        // Tools add the prefix by themselves.
        .default("model"),
    )
    .option("--access-log <file>", "write a line for each request to a file; nothing of its content")
    .option("--simulate", "answer from a simulator on loopback: no account, no cost");
}

async function serve(flags: GatewayFlags): Promise<void> {
  const { gateway, connected } = await open(flags, flags.quiet === true ? undefined : accessLog(flags.accessLog));
  process.stdout.write(welcome(gateway, flags));
  try {
    await stopSignal();
    // A second signal ends it at once.
    process.stderr.write("stopping: requests under way may finish\n");
    await Promise.race([gateway.close(GRACE_MS), stopSignal()]);
  } finally {
    await connected.close();
  }
  process.exit(0);
}

async function run([file = "", ...args]: readonly string[], flags: GatewayFlags): Promise<void> {
  const log = flags.accessLog === undefined ? undefined : accessLog(flags.accessLog);
  // As it was found: what this command sets for itself is not the child's.
  const parent = { ...process.env };
  const { gateway, connected, region } = await open(flags, log);
  const env = childEnvironment(parent, gateway.url, region, flags.token, flags.simulate === true);
  try {
    process.exitCode = await exitCodeOf(file, args, env);
  } finally {
    await gateway.close(0);
    await connected.close();
  }
}

interface Opened {
  readonly gateway: Gateway;
  readonly connected: ConnectedClient;
  readonly region: string;
}

async function open(flags: GatewayFlags, onAccess: ((access: Access) => void) | undefined): Promise<Opened> {
  refuseLoop(flags.port);
  const routing = { ...(await routingFrom(flags)), profileIds: flags.profileIds };
  const connected = await connect(flags.region, routing, flags.simulate ?? false);
  try {
    const region = await connected.client.config.region();
    const gateway = await openGateway({
      client: connected.client,
      port: flags.port,
      token: flags.token,
      page: routingPage(connected.client),
      onAccess,
    }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === "EADDRINUSE" ? new InvalidOptionsError("--port", "must be free", String(flags.port)) : error;
    });
    return { gateway, connected, region };
  } catch (error) {
    await connected.close();
    throw error;
  }
}

/** A shell that leads to the gateway would make it call itself. */
function refuseLoop(port: number): void {
  for (const name of ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"]) {
    const url = URL.parse(process.env[name] ?? "");
    if (url !== null && /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname) && Number(url.port) === port) {
      throw new InvalidOptionsError(name, "must not lead to the gateway itself: unset it for this command", url.origin);
    }
  }
}

function welcome({ url }: Gateway, { token, residency }: GatewayFlags): string {
  // What is printed ends up in logs.
  const shown = token === undefined ? undefined : '"$BEDROCK_ROUTE_TOKEN"';
  const settings = toolSettings(url, shown).map(({ tool, env }) => {
    const lines = Object.entries(env).map(([name, value]) => `  export ${name}=${value}\n`);
    return `\n${tool}\n${lines.join("")}`;
  });
  return [
    `Amazon Bedrock is served at ${url}${residency === undefined ? ", with residency any" : ""}\n`,
    `What the router sees: ${url}/${token === undefined ? "" : "?token=…"}\n`,
    ...settings,
    "\nopencode: provider.amazon-bedrock.options.endpoint; LiteLLM: aws_bedrock_runtime_endpoint\n",
  ].join("");
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of STOP_SIGNALS) process.off(signal, stop);
      resolve();
    };
    for (const signal of STOP_SIGNALS) process.on(signal, stop);
  });
}

const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The exit code of a command, as a shell would have it. */
function exitCodeOf(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { env, stdio: "inherit", shell: process.platform === "win32" });
    const forward = (signal: NodeJS.Signals): void => {
      // A terminal tells every process in front of it by itself: twice would be another key for the child.
      if (signal !== "SIGINT" || process.stdin.isTTY !== true) child.kill(signal);
    };
    const signals = [...STOP_SIGNALS, "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, forward);
    const end = (code: number): void => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      process.stderr.write(`${file}: ${error.code === "ENOENT" ? "there is no such command" : error.message}\n`);
      end(error.code === "ENOENT" ? 127 : 126);
    });
    child.on("exit", (code, signal) => {
      end(code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0)));
    });
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new InvalidArgumentError("must be a port number.");
}
