/** How a bad value is shown in an error message: short, and never more than its shape when it is an object. */
export function received(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return `an object with ${keysOf(value)}`;
  return String(value);
}

function keysOf(value: object): string {
  const keys = Object.keys(value);
  return keys.length > 10 ? `${keys.length} keys` : `keys ${JSON.stringify(keys)}`;
}
