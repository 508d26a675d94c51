/** What a tool has to be told to use a gateway. */
export interface ToolSetting {
  readonly tool: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The environment of each kind of tool that can be told by it. */
export function toolSettings(url: string, token: string | undefined): readonly ToolSetting[] {
  const key = token ?? "routed";
  return [
    {
      tool: "AWS SDKs (boto3, JavaScript, …), AI SDK",
      env: {
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
        ...(token !== undefined && { AWS_BEARER_TOKEN_BEDROCK: token }),
      },
    },
    {
      tool: "Claude Code, Anthropic Bedrock SDK",
      env: {
        CLAUDE_CODE_USE_BEDROCK: "1",
        ANTHROPIC_BEDROCK_BASE_URL: url,
        // It then asks for no credentials; a token goes out as the API key.
        ...(token === undefined ? { CLAUDE_CODE_SKIP_BEDROCK_AUTH: "1" } : { AWS_BEARER_TOKEN_BEDROCK: token }),
      },
    },
    { tool: "OpenAI SDK", env: { OPENAI_BASE_URL: `${url}/openai/v1`, OPENAI_API_KEY: key } },
  ];
}

/**
 * The environment of a command that is to use a gateway. The one of its parent, but for what leads to Amazon Bedrock;
 * the OpenAI SDK is left alone, because it may be meant for OpenAI.
 */
export function childEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  url: string,
  region: string,
  token: string | undefined,
  simulate: boolean,
): Record<string, string | undefined> {
  const [sdks, claude] = toolSettings(url, token);
  const named = parent.AWS_REGION ?? parent.AWS_DEFAULT_REGION ?? region;
  return {
    ...parent,
    AWS_REGION: parent.AWS_REGION ?? named,
    AWS_DEFAULT_REGION: parent.AWS_DEFAULT_REGION ?? named,
    // A simulator knows no account, but tools do not sign without one.
    ...(simulate && {
      AWS_ACCESS_KEY_ID: parent.AWS_ACCESS_KEY_ID ?? "simulated",
      AWS_SECRET_ACCESS_KEY: parent.AWS_SECRET_ACCESS_KEY ?? "simulated",
    }),
    // Whoever ignores configured endpoints would pass the gateway by without a word.
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false",
    ...withoutProxy(parent),
    ...sdks?.env,
    ...claude?.env,
  };
}

/** A proxy of the network does not reach the loopback of this machine. */
function withoutProxy(parent: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
  if (names.every((name) => (parent[name] ?? "") === "")) return {};
  const kept = parent.NO_PROXY ?? parent.no_proxy ?? "";
  const hosts = kept === "" ? "127.0.0.1" : `${kept},127.0.0.1`;
  return { NO_PROXY: hosts, no_proxy: hosts };
}
