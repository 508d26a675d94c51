import { array, either, fieldsOf, type Reader, record, refuse } from "../types/schema.ts";
import { checkRegion } from "./check-region.ts";

/** Where the caller says that guardrails are evaluated, beside their own Region. */
export interface ResolvedGuardrails {
  /** Of every guardrail that is not named. */
  readonly all?: readonly string[];
  /** By id, or by Region and id as `us-east-1/abc`. */
  readonly byName: Readonly<Record<string, readonly string[]>>;
}

const EXPECTED = '"in-region", an array of AWS Regions, or an object with these by the id or ARN of a guardrail';
const reach = either(["in-region"], array(checkRegion, { expected: '"in-region" or an array of AWS Regions' }));

function checkName(name: unknown, path: string): void {
  if (!GUARDRAIL.test(String(name))) refuse(path, "must be named by the id or the ARN of a guardrail", name);
}

const GUARDRAIL = /^(?:arn:aws(?:-[a-z]+)*:bedrock:([a-z0-9-]+):\d{12}:guardrail\/)?([a-z0-9]+)$/;

/** Where guardrails are evaluated. */
export const resolveGuardrails: Reader<ResolvedGuardrails> = (value, path) => {
  if (typeof value === "string" || Array.isArray(value)) {
    return Object.freeze({ all: regionsOf(reach(value, path)), byName: Object.freeze({}) });
  }
  fieldsOf(value, path, EXPECTED);
  const named = Object.entries(record(checkName, reach, EXPECTED)(value, path)).map(([name, given]) => {
    const [, region, id = name] = GUARDRAIL.exec(name) ?? [];
    return [region === undefined ? id : `${region}/${id}`, regionsOf(given)] as const;
  });
  return Object.freeze({ byName: Object.freeze(Object.fromEntries(named)) });
};

function regionsOf(given: "in-region" | readonly string[]): readonly string[] {
  return given === "in-region" ? [] : given;
}
