/**
 * A page that shows what a routed client sees.
 * @module
 */

export { type RoutingPage, routingPage } from "./routing-page.ts";
