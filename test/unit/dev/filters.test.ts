import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { compileFilters } from '../../../cli/dev/broker/index.ts';

const event = (attributes: Record<string, unknown>) =>
  new CloudEvent<unknown>({ id: '1', source: '/test', type: 'mx.f', ...attributes });

const upload = 'com.amazonaws.s3.ObjectCreated:Put';
type Case = [name: string, spec: { filters?: unknown; filter?: unknown }, attributes: Record<string, unknown>, passes: boolean];

const cases: Case[] = [
  ['no filter', {}, {}, true],
  ['an empty list of filters', { filters: [] }, {}, true],
  ['exact, equal', { filters: [{ exact: { type: 'mx.f' } }] }, {}, true],
  ['exact, only a part', { filters: [{ exact: { type: 'mx' } }] }, {}, false],
  ['exact on an extension', { filters: [{ exact: { runner: 'default' } }] }, { runner: 'default' }, true],
  ['exact on an absent extension', { filters: [{ exact: { runner: 'default' } }] }, {}, false],
  ['exact on a number', { filters: [{ exact: { seq: '7' } }] }, { seq: 7 }, true],
  ['two keys, both', { filters: [{ exact: { type: 'mx.f', runner: 'default' } }] }, { runner: 'default' }, true],
  ['two keys, one', { filters: [{ exact: { type: 'mx.f', runner: 'default' } }] }, { runner: 'gpu' }, false],
  ['prefix with a colon', { filters: [{ prefix: { type: 'com.amazonaws.s3.ObjectCreated:' } }] }, { type: upload }, true],
  ['prefix elsewhere', { filters: [{ prefix: { type: 'amazonaws' } }] }, { type: upload }, false],
  ['suffix', { filters: [{ suffix: { subject: '.mp4' } }] }, { subject: 'drop%2Fa.mp4' }, true],
  ['suffix, absent', { filters: [{ suffix: { subject: '.mp4' } }] }, {}, false],
  ['any, the second', { filters: [{ any: [{ exact: { runner: 'a' } }, { exact: { runner: 'b' } }] }] }, { runner: 'b' }, true],
  ['any, none', { filters: [{ any: [{ exact: { runner: 'a' } }, { exact: { runner: 'b' } }] }] }, { runner: 'c' }, false],
  ['all', { filters: [{ all: [{ exact: { type: 'mx.f' } }, { prefix: { runner: 'g' } }] }] }, { runner: 'gpu' }, true],
  [
    'all, one fails',
    { filters: [{ all: [{ exact: { type: 'mx.f' } }, { prefix: { runner: 'g' } }] }] },
    { runner: 'cpu' },
    false,
  ],
  ['elements are ANDed', { filters: [{ exact: { type: 'mx.f' } }, { exact: { runner: 'a' } }] }, {}, false],
  ['not', { filters: [{ not: { exact: { runner: 'gpu' } } }] }, { runner: 'gpu' }, false],
  ['not, absent', { filters: [{ exact: { type: 'mx.f' } }, { not: { exact: { runner: 'gpu' } } }] }, {}, true],
  ['not of any', { filters: [{ not: { any: [{ exact: { type: 'mx.f' } }, { exact: { type: 'mx.g' } }] } }] }, {}, false],
  ['the older form', { filter: { attributes: { type: 'mx.f' } } }, {}, true],
  ['the older form, another value', { filter: { attributes: { type: 'mx.g' } } }, {}, false],
  ['the older form, any value', { filter: { attributes: { runner: '' } } }, { runner: 'x' }, true],
  ['the older form, any value but there is none', { filter: { attributes: { runner: '' } } }, {}, false],
  ['both forms: the newer one', { filters: [{ exact: { type: 'mx.f' } }], filter: { attributes: { type: 'mx.g' } } }, {}, true],
  ['data is not looked into', { filters: [{ not: { exact: { name: 'a' } } }] }, { data: { name: 'a' } }, true],
];

describe('the filters of a Trigger', () => {
  it.each(cases)('%s', (_name, spec, attributes, passes) => {
    expect(compileFilters(spec)(event(attributes))).toBe(passes);
  });

  const refused: Array<[name: string, filters: unknown, told: RegExp]> = [
    ['a map in place of a list', { exact: { type: 'a' } }, /list/],
    ['two dialects in one element', [{ exact: { type: 'a' }, suffix: { type: 'b' } }], /two dialects.*exact, suffix/],
    ['no dialect', [{}], /without a dialect/],
    ['an unknown dialect', [{ regex: { type: 'a' } }], /regex/],
    ['cesql', [{ cesql: "type = 'a'" }], /cesql.*does not speak/],
    ['an empty value', [{ exact: { runner: '' } }], /empty value of runner/],
    ['an empty value inside not', [{ not: { prefix: { runner: '' } } }], /empty value of runner/],
    ['an empty value inside any', [{ any: [{ suffix: { runner: '' } }] }], /empty value of runner/],
    ['no attribute', [{ exact: {} }], /without an attribute/],
    ['an attribute name with a dash', [{ exact: { 'my-attribute': 'a' } }], /my-attribute/],
    ['data', [{ exact: { data: 'a' } }], /no attribute/],
    ['a value that is no text', [{ exact: { seq: 7 } }], /no text/],
    ['all without filters', [{ all: [] }], /all is a list/],
    ['not of a list', [{ not: [] }], /map/],
    ['nothing', [null], /map/],
  ];
  it.each(refused)('refuse %s', (_name, filters, told) => {
    expect(() => compileFilters({ filters })).toThrow(told);
  });
});
