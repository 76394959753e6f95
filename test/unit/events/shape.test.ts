import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSchema, schemaNames } from '../../../lib/events/index.ts';
import { resultSchemas } from '../../../lib/events/result-schemas.ts';
import {
  either,
  fitted,
  integer,
  list,
  number,
  object,
  oneOf,
  type Shape,
  table,
  text,
  truth,
} from '../../../lib/events/shape.ts';

const shape = object(
  { name: text({ minLength: 1, maxLength: 3, pattern: '^[a-z]*$' }), size: integer({ minimum: 0 }), on: truth },
  {
    share: number({ exclusiveMinimum: 0, maximum: 1 }),
    kind: oneOf('a', 'b'),
    tags: table(either(text(), number())),
    parts: list(object({ n: number({ minimum: -1 }) }), { minItems: 1, maxItems: 2 }),
  },
);
const good = { name: 'abc', size: 0, on: false, share: 1, kind: 'b', tags: { x: '1', y: 2 }, parts: [{ n: -1 }] };

describe('data that fit', () => {
  it('come out as they are, without what is not known of them', () => {
    expect(fitted(shape, { ...good, more: 1, parts: [{ n: -1, more: 2 }] })).toEqual(good);
    expect(fitted(shape, { name: 'a', size: 1, on: true, kind: undefined })).toEqual({ name: 'a', size: 1, on: true });
  });

  it('keep properties of any name', () => {
    const tags = JSON.parse('{"__proto__":"x","constructor":1}');
    const found = fitted(shape, { ...good, tags }).tags ?? {};
    expect(Object.entries(found)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 1],
    ]);
  });
});

describe('data that do not fit', () => {
  const cases: Array<[data: unknown, message: RegExp]> = [
    [null, /^data: .*"null".*"object"/],
    [[], /^data: .*"array".*"object"/],
    [{ ...good, name: undefined }, /^data: .*"name"/],
    [{ ...good, name: '' }, /^data\.name: .*too short \(0 < 1\)/],
    [{ ...good, name: 'abcd' }, /^data\.name: .*too long \(4 > 3\)/],
    [{ ...good, name: 'A' }, /^data\.name: .*pattern/],
    [{ ...good, name: { length: 1 } }, /^data\.name: .*"object".*"string"/],
    [{ ...good, size: 1.5 }, /^data\.size: .*"integer"/],
    [{ ...good, size: -1 }, /^data\.size: -1 is less than 0/],
    [{ ...good, size: 2 ** 53 }, /^data\.size: 9007199254740992 is greater than 9007199254740991/],
    [{ ...good, on: 'true' }, /^data\.on: .*"string".*"boolean"/],
    [{ ...good, share: 0 }, /^data\.share: 0 is less than 0/],
    [{ ...good, kind: 'c' }, /^data\.kind: .*\["a","b"\]/],
    [{ ...good, tags: { x: [] } }, /^data\.tags\.x: .*"array"/],
    [{ ...good, parts: [] }, /^data\.parts: .*too few items \(0 < 1\)/],
    [{ ...good, parts: [{ n: 1 }, { n: '1' }] }, /^data\.parts\.1\.n: .*"string".*"number"/],
  ];
  it.each(cases)('are told by the place and the fault: %j', (data, message) => {
    expect(() => fitted(shape, data)).toThrow(message);
  });
});

it('says of any data what another validator says by the published schema', () => {
  const ajv = new Ajv2020({ strict: false, logger: false });
  const near = fc.oneof(
    fc.json().map((json) => JSON.parse(json)),
    fc.record(
      Object.fromEntries(
        Object.entries(good).map(([name, value]) => [
          name,
          fc.oneof({ weight: 5, arbitrary: fc.constant(value) }, fc.jsonValue()),
        ]),
      ),
      { requiredKeys: [] },
    ),
  );
  const says = (one: Shape<unknown>, data: unknown) => {
    try {
      fitted(one, data);
      return true;
    } catch {
      return false;
    }
  };
  const validate = ajv.compile(shape);
  fc.assert(fc.property(near, (data) => says(shape, data) === validate(data)));
  expect(schemaNames.map((name) => typeof ajv.compile(eventSchema(name)))).toEqual(schemaNames.map(() => 'function'));
  expect(says(resultSchemas.started, {})).toBe(false);
});
