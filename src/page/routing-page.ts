import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RoutedBedrockRuntimeClient } from "../client/create-routed-client.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import { PageRecord } from "./record.ts";
import { pageData } from "./sections.ts";
import { BASE_STYLE } from "./style.ts";

/** A page that shows what the router of a client sees, as a handler for a server of yours. */
export interface RoutingPage {
  /** For servers that speak in `Request` and `Response`. */
  (request: Request): Promise<Response>;
  /** For `node:http`, Express and the like. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Stops observing the client. */
  close(): void;
}

/**
 * Makes a page that shows what a routed client sees, live: percentiles of each route over the last 15 minutes, cooldowns
 * and why, failovers, backups, cost, and the plan of each model with its reasons. It observes the client from this call on,
 * in bounded memory, and loads nothing from elsewhere.
 *
 * **It checks nobody's identity.** Nothing of prompts, answers or credentials is on it, but which models an account uses,
 * how much, and what that costs: put it behind the authentication of your operators' pages.
 *
 * @param client - a routed client; the one behind a routed `fetch` is `fetch.client`
 * @example
 * ```ts
 * const page = routingPage(client);
 * app.get("/internal/routing", requireOperator, page.listener);
 * ```
 */
export function routingPage(client: RoutedBedrockRuntimeClient): RoutingPage {
  return assemblePage(client, systemClock, new URL("./page-browser.js", import.meta.url));
}

/** {@link routingPage} with time and the script of the browser as arguments. @internal */
export function assemblePage(client: RoutedBedrockRuntimeClient, clock: Clock, script: URL): RoutingPage {
  const record = new PageRecord(client.routing, clock);
  const page = async (request: Request): Promise<Response> => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("Method not allowed\n", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const url = new URL(request.url);
    switch (url.searchParams.get("part")) {
      case "data":
        return answer("application/json", JSON.stringify(await pageData(client, record, clock.wallNow())));
      case "script":
        return answer("text/javascript", await readFile(script, "utf8").catch(() => NOT_BUILT));
      default:
        return answer("text/html", html(url));
    }
  };
  const respond = async ({ url, method }: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    // Only the query tells one thing from another: a path such as `//` is no URL, and not every method is one of `fetch`.
    const query = /\?.*/s.exec(url ?? "")?.[0] ?? "";
    const reads = method === "GET" || method === "HEAD";
    const response = await page(new Request(`http://localhost/${query}`, { method: reads ? method : "POST" }));
    const body = await response.text();
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(method === "HEAD" ? undefined : body);
  };
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    respond(incoming, outgoing).catch(() => outgoing.destroy());
  };
  return Object.assign(page, { listener, close: () => record.close() });
}

const NOT_BUILT = 'document.getElementById("live").textContent = "○ the script of this page was not built";';

function answer(type: string, body: string): Response {
  return new Response(body, {
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
  });
}

function html(url: URL): string {
  // Whatever the page was asked with, such as a token, its script is asked with as well.
  const query = new URLSearchParams(url.search);
  query.set("part", "script");
  const script = `?${query.toString().replaceAll("&", "&amp;")}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Amazon Bedrock: what the router sees</title>
<style>${BASE_STYLE}${OWN_STYLE}</style>
</head>
<body>
<main>
<header><h1>What the router sees</h1><p class="lead">The last 15 minutes of this process. <span id="live">○ waiting for data</span></p></header>
<noscript><p class="banner">This page needs its script.</p></noscript>
<ul class="facts" id="facts"></ul>
<p class="note" id="none" hidden>No request has come yet.</p>
<section><h2>Cooldowns</h2><div id="waiting"></div></section>
<div id="models"></div>
<section><h2>What happened</h2><ul class="news" id="news"></ul></section>
</main>
<script src="${script}" defer></script>
</body>
</html>
`;
}

const OWN_STYLE = `
.chart { height: 260px; width: 100%; }
.news { list-style: none; padding: 0; margin: 8px 0; font-size: 0.875rem; } .news li { padding: 4px 0; border-bottom: 1px solid var(--grid); overflow-wrap: anywhere; }
.news time { color: var(--muted); font-variant-numeric: tabular-nums; margin-right: 8px; } .news .warn { color: var(--warn); }
.routes td:first-child { min-width: 14rem; } .routes th.figure { white-space: normal; min-width: 5.5rem; } .plan ol > li { margin: 8px 0; }
`;
