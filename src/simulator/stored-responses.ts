import { type Json, member } from "./json.ts";
import type { OperationCall } from "./operations.ts";
import type { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** Stores a response for 30 days at AWS, and for as long as it lives here, unless the request says `store: false`. */
export function storeResponse(body: Json, requestBody: Json, sourceRegion: string, { responses }: World): void {
  if (member(requestBody, "store") === false) return;
  responses.set(keyOf(sourceRegion, String(member(body, "id"))), body as object);
}

/** What becomes of a request for a stored response; nothing for any other request. */
export function storedResponseBody(
  call: OperationCall,
  sourceRegion: string,
  world: World,
): object | Refusal | undefined {
  const { operation, label = "" } = call;
  if (operation !== "GetResponse" && operation !== "DeleteResponse" && operation !== "CancelResponse") return undefined;
  const stored = world.responses.get(keyOf(sourceRegion, label));
  if (stored === undefined) return notStored(label);
  if (operation !== "DeleteResponse") return stored;
  world.responses.delete(keyOf(sourceRegion, label));
  return { id: label, object: "response", deleted: true };
}

/** Refuses a request that goes on from a response that this Region does not have. */
export function missingPrevious(requestBody: Json, sourceRegion: string, { responses }: World): Refusal | undefined {
  const previous = member(requestBody, "previous_response_id");
  if (typeof previous !== "string" || responses.has(keyOf(sourceRegion, previous))) return undefined;
  return notStored(previous);
}

/** The same whether it never existed, belongs to another Region or was not stored. */
function notStored(id: string): Refusal {
  return { status: 404, message: `Response with id '${id}' not found.` };
}

function keyOf(sourceRegion: string, id: string): string {
  return `${sourceRegion}|${id}`;
}
