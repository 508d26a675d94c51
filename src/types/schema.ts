import { nearest } from "../util/nearest.ts";
import { received } from "../util/received.ts";
import { InvalidOptionsError } from "./errors.ts";

/**
 * Reads a value that comes from outside, such as an option or a file: returns it as what it must be, frozen, or throws
 * an {@link InvalidOptionsError} that says where it stands, what was expected and what came.
 */
export type Reader<T> = (value: unknown, path: string) => T;

/** A field that may be absent. */
export type OptionalReader<T> = Reader<T> & { readonly optional: true };

/** Throws what every reader throws. @param guess - what was most likely meant, as it is to be written */
export function refuse(path: string, expectation: string, value: unknown, guess?: string): never {
  const hint = guess === undefined ? "" : ` (did you mean ${guess}?)`;
  throw new InvalidOptionsError(path, expectation, received(value) + hint);
}

/** The nearest of `names` to a misspelt value, as {@link refuse} takes it. */
export function guessOf(value: unknown, names: readonly string[]): string | undefined {
  const guess = typeof value === "string" ? nearest(value, names) : undefined;
  return guess && JSON.stringify(guess);
}

/** The same reader for a field that may be absent or undefined. */
export function optional<T>(read: Reader<T>): OptionalReader<T> {
  return Object.assign((value: unknown, path: string) => read(value, path), { optional: true as const });
}

type Fields = Readonly<Record<string, Reader<unknown> | OptionalReader<unknown>>>;
type OptionalNames<F extends Fields> = {
  [Name in keyof F]: F[Name] extends OptionalReader<unknown> ? Name : never;
}[keyof F];

/** What an object with these fields reads as. */
export type Read<F extends Fields> = {
  readonly [Name in Exclude<keyof F, OptionalNames<F>>]: ReturnType<F[Name]>;
} & { readonly [Name in OptionalNames<F>]?: ReturnType<F[Name]> };

/** How an object is read. */
export interface ObjectRules {
  /** @defaultValue `"an object"` */
  readonly expected?: string;
  /** Whether fields that are not named are ignored. @defaultValue `false`: a misspelt one would be silently without effect */
  readonly open?: boolean;
  /** What people write instead of a field. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** An object with these fields. */
export function object<F extends Fields>(fields: F, rules: ObjectRules = {}): Reader<Read<F>> {
  return (value, path) => {
    const given = fieldsOf(value, path, rules.expected);
    if (rules.open !== true) refuseUnknownKeys(given, Object.keys(fields), path, rules.aliases);
    const read: Record<string, unknown> = {};
    for (const [name, reader] of Object.entries(fields)) {
      if (given[name] === undefined && "optional" in reader) continue;
      read[name] = reader(given[name], `${path}.${name}`);
    }
    return Object.freeze(read) as Read<F>;
  };
}

/** The fields of an object that is no array, not yet read. */
export function fieldsOf(value: unknown, path: string, expected = "an object"): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(path, `must be ${expected}`, value);
  return value as Readonly<Record<string, unknown>>;
}

function refuseUnknownKeys(
  object: object,
  known: readonly string[],
  path: string,
  aliases: Readonly<Record<string, string>> = {},
): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const guess = Object.hasOwn(aliases, key) ? aliases[key] : nearest(key, known);
    throw new InvalidOptionsError(
      `${path}.${key}`,
      `is not an option${guess === undefined ? `; ${path} takes ${known.join(", ")}` : `: did you mean ${guess}?`}`,
    );
  }
}

/** How a list is read. */
export interface ArrayRules {
  /** @defaultValue `"an array"`, with the bounds */
  readonly expected?: string;
  readonly least?: number;
  readonly most?: number;
  /** Refuses an item that stands there already. @param item - what must differ */
  readonly distinct?: boolean;
}

/** A list of items. */
export function array<T>(
  item: Reader<T>,
  { least = 0, most = Number.POSITIVE_INFINITY, distinct = false, ...rules }: ArrayRules = {},
): Reader<readonly T[]> {
  const bound = most === Number.POSITIVE_INFINITY ? "" : ` of at most ${most}`;
  const { expected = least > 0 ? `a non-empty array${bound}` : `an array${bound}` } = rules;
  return (value, path) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      refuse(path, `must be ${expected}`, value);
    const list = value as readonly unknown[];
    const repeated = distinct ? list.findIndex((one, index) => list.indexOf(one) < index) : -1;
    if (repeated >= 0) refuse(`${path}[${repeated}]`, "must not be given twice", list[repeated]);
    return Object.freeze(list.map((one, index) => item(one, `${path}[${index}]`)));
  };
}

/** An object with any keys. @param key - reads the key, at the path of its value */
export function record<T>(
  key: Reader<unknown>,
  item: Reader<T>,
  expected: string,
): Reader<Readonly<Record<string, T>>> {
  return (value, path) => {
    const entries = Object.entries(fieldsOf(value, path, expected)).map(([name, one]) => {
      const at = /^[\w-]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
      key(name, at);
      return [name, item(one, at)] as const;
    });
    return Object.freeze(Object.fromEntries(entries));
  };
}

/** A text of a shape, that is not empty. */
export function text(expected: string, shape: RegExp = /./, longest = 2_048): Reader<string> {
  return (value, path) => {
    if (typeof value !== "string" || value.length > longest || !shape.test(value))
      refuse(path, `must be ${expected}`, value);
    return value as string;
  };
}

/** How a number is read. */
export interface NumberRules {
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
  /** @defaultValue a sentence with the bounds */
  readonly expected?: string;
}

/** A finite number within bounds. */
export function number({ least, most, whole = false, expected }: NumberRules = {}): Reader<number> {
  const range = most === undefined ? (least === undefined ? "" : ` of at least ${least}`) : ` from ${least} to ${most}`;
  const what = expected ?? `a ${whole ? "whole " : ""}number${range}`;
  return (value, path) => {
    const fits =
      typeof value === "number" &&
      (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
      value >= (least ?? value) &&
      value <= (most ?? value);
    if (!fits) refuse(path, `must be ${what}`, value);
    return value as number;
  };
}

/** True or false. */
export function boolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") refuse(path, "must be true or false", value);
  return value as boolean;
}

/** One of a few values. */
export function oneOf<const V extends readonly (string | number)[]>(...values: V): Reader<V[number]> {
  const names = values.filter((value) => typeof value === "string");
  return (value, path) => {
    if (!(values as readonly unknown[]).includes(value)) {
      refuse(path, `must be ${anyOf(values)}`, value, guessOf(value, names));
    }
    return value as V[number];
  };
}

/** One of a few values, or what `otherwise` reads. */
export function either<const V, T>(values: readonly V[], otherwise: Reader<T>): Reader<V | T> {
  return (value, path) => ((values as readonly unknown[]).includes(value) ? (value as V) : otherwise(value, path));
}

/** `"a", "b" or "c"` */
export function anyOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value));
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}
