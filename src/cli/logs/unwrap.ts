/**
 * The records inside what AWS's tools wrap around them: CloudTrail files (`Records`), `cloudtrail lookup-events`
 * (`Events`, each with its event as text), `logs filter-log-events` (`events`), subscriptions (`logEvents`), a message
 * with the record as text, a text that is one, and an EventBridge event (`detail`). Anything else is a record by itself.
 */
export function unwrap(value: unknown): readonly unknown[] {
  const parsed = textOf(value);
  if (parsed !== undefined) return unwrap(parsed);
  if (!isObject(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(unwrap);
  for (const name of ["Records", "Events", "events", "logEvents"]) {
    const inner = value[name];
    if (Array.isArray(inner)) return inner.flatMap(unwrap);
  }
  for (const name of ["CloudTrailEvent", "message"]) {
    const inner = textOf(value[name]);
    if (inner !== undefined) return unwrap(inner);
  }
  return "detail-type" in value && isObject(value.detail) ? [value.detail] : [value];
}

function textOf(value: unknown): unknown {
  if (typeof value !== "string" || !value.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    // A message of something else, or cut off: the record around it is judged as it is.
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
