/**
 * A number in [0, 1) that depends on nothing but its keys, so that a run with the same seed and the same requests
 * repeats exactly, whatever order concurrent requests finish in.
 */
export function draw(...keys: readonly (string | number)[]): number {
  return mix(fnv1a(keys.join("|"))) / 2 ** 32;
}

/** The standard normal deviate made of two draws (Box–Muller). */
export function normalDeviate(first: number, second: number): number {
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** The finaliser of MurmurHash3: neighbouring keys must not give neighbouring numbers. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  mixed ^= mixed >>> 16;
  return mixed >>> 0;
}
