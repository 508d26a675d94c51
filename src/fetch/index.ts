/**
 * A `fetch` that routes requests for Amazon Bedrock.
 * @module
 */

export { routingHeaders } from "./headers.ts";
export { createRoutedFetch, type RoutedFetch } from "./routed-fetch.ts";
