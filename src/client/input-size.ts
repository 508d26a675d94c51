/** Values that are looked at: far more than any conversation has blocks, few enough to take no time. */
const MOST_VALUES = 10_000;

/**
 * Rough size of what a request says to the model, in bytes: the text, images and documents of Converse, the body of
 * InvokeModel. 0 for a body that can only be read by sending it.
 */
export function inputSize(input: Readonly<Record<string, unknown>>): number {
  const pending: unknown[] = [input];
  let bytes = 0;
  for (let looked = 0; looked < MOST_VALUES && pending.length > 0; looked += 1) {
    const value = pending.pop();
    if (typeof value === "string") bytes += value.length;
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) bytes += value.byteLength;
    // A stream or a Blob has innards, but no size that can be told from them.
    else if (Array.isArray(value)) addValues(value, pending);
    else if (isPlainObject(value)) addValues(Object.values(value), pending);
  }
  return bytes;
}

/** Not by spreading: that many arguments overflow the stack. */
function addValues(values: readonly unknown[], pending: unknown[]): void {
  const count = Math.min(values.length, MOST_VALUES);
  for (let index = 0; index < count; index += 1) pending.push(values[index]);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
