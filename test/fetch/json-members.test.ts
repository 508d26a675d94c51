import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memberValue, topMembers, withMember } from "../../src/fetch/json-members.ts";

describe("the members at the top of a JSON object", () => {
  it("are those that JSON.parse finds, however the text is laid out", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2, "\t"), (object, indent) => {
        const json = Buffer.from(JSON.stringify(object, null, indent));
        const members = topMembers(json);
        expect(members?.map(({ name }) => name)).toEqual(Object.keys(JSON.parse(json.toString()) as object));
        for (const { name } of members ?? []) {
          expect(memberValue(json, members ?? [], name)).toEqual(
            (JSON.parse(json.toString()) as Record<string, unknown>)[name],
          );
        }
      }),
    );
  });

  it("leave every other byte as it was when one is replaced", () => {
    const json = Buffer.from(
      '{ "n":1.0, "a":{"model":"x"},\r\n "model" : "old",  "big":12345678901234567890, "é":"\\u00e9" }',
    );
    const members = topMembers(json)!;
    expect(withMember(json, members, "model", 'new"').toString()).toBe(
      '{ "n":1.0, "a":{"model":"x"},\r\n "model" : "new\\"",  "big":12345678901234567890, "é":"\\u00e9" }',
    );
  });

  it("are all replaced when a name comes twice or escaped: who reads the first and who reads the last agree", () => {
    const json = Buffer.from('{"model":"a","mod\\u0065l":"b","stream":true}');
    const members = topMembers(json)!;
    expect(memberValue(json, members, "model")).toBe("b");
    expect(withMember(json, members, "model", "c").toString()).toBe('{"model":"c","mod\\u0065l":"c","stream":true}');
  });

  it.each(["", "  ", "[]", "null", '"x"', "{", '{"a"}', '{"a":1', '{"a":1 "b":2}', '{"a":"', "{]", '{"a":1,}x'])(
    "are none of %j",
    (text) => {
      expect(topMembers(Buffer.from(text))).toBeUndefined();
    },
  );

  it("are found in a body of megabytes without a look into it", () => {
    const image = "A".repeat(8_000_000);
    const json = Buffer.from(
      JSON.stringify({ messages: [{ content: [{ image, text: 'a "quoted\\" brace }' }] }], model: "m" }),
    );
    expect(memberValue(json, topMembers(json)!, "model")).toBe("m");
  });
});
