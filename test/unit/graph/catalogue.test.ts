import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressed, type ElementInfo, encodeCatalogue, loadCatalogue } from '../../../lib/graph/catalogue/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const elements: ElementInfo[] = [
  {
    name: 'zeta',
    klass: 'Codec/Encoder/Video',
    pads: [
      { name: 'sink', direction: 'sink', presence: 'always', caps: 'video/x-raw' },
      { name: 'src_%u', direction: 'src', presence: 'request', caps: 'ANY' },
    ],
    properties: {
      bitrate: {
        type: 'uint64',
        typeName: 'guint64',
        minimum: '0',
        maximum: '18446744073709551615',
        default: '5',
        writable: true,
        deprecated: false,
      },
      mode: {
        type: 'enum',
        typeName: 'GstMode',
        default: 'a',
        values: [
          { nick: 'a', name: 'A', value: -1 },
          { nick: 'ü', name: 'Ü', value: 2 },
        ],
        writable: false,
        deprecated: true,
      },
    },
    childProxy: false,
  },
  { name: 'alpha', klass: 'Source/File', pads: [], properties: {}, childProxy: true, uri: 'src' },
  {
    name: 'mixer',
    klass: 'Generic/Audio',
    pads: [
      {
        name: 'sink_%u',
        direction: 'sink',
        presence: 'request',
        caps: 'ANY',
        properties: { mute: { type: 'boolean', typeName: 'gboolean', default: 'false', writable: true, deprecated: false } },
      },
      { name: 'sink', direction: 'sink', presence: 'always', caps: 'ANY', properties: {} },
    ],
    properties: {},
    childProxy: true,
  },
];

describe('the catalogue', () => {
  it.each([
    { of: 'its file', name: 'two.json', encode: encodeCatalogue },
    {
      of: 'its compressed file',
      name: 'two.json.br',
      encode: (...all: [string, ElementInfo[]]) => compressed(encodeCatalogue(...all)),
    },
  ])('gives back what was put into $of', ({ name, encode }) => {
    const path = join(folder, name);
    writeFileSync(path, encode('1.2.3', elements));
    const catalogue = loadCatalogue(path);
    expect(catalogue.version).toBe('1.2.3');
    expect(catalogue.names()).toEqual(['alpha', 'mixer', 'zeta']);
    expect(catalogue.names().map((name) => catalogue.element(name))).toEqual([elements[1], elements[2], elements[0]]);
    expect(['beta', 'toString', '__proto__'].map((name) => catalogue.element(name))).toEqual([undefined, undefined, undefined]);
  });

  it('reads no file before something is asked, and names the file that it cannot read', () => {
    const missing = join(folder, 'missing.br');
    const garbage = join(folder, 'garbage.br');
    writeFileSync(garbage, 'no catalogue');
    for (const path of [missing, garbage]) {
      const catalogue = loadCatalogue(path);
      expect(() => catalogue.version).toThrow(`the catalogue of elements ${path} cannot be read`);
    }
  });

  it('comes with the program: what Debian 12 has', () => {
    const catalogue = loadCatalogue();
    expect(catalogue.version).toMatch(/^1\.22\./);
    expect(catalogue.names().length).toBeGreaterThan(1300);
    const sets = ['decodebin', 'textoverlay', 'mp4mux', 'hlssink2', 'x264enc', 'avdec_h264', 'voaacenc', 'queue'];
    expect(sets.filter((name) => catalogue.element(name) === undefined)).toEqual([]);
    expect(catalogue.element('x264enc')?.properties['speed-preset']).toMatchObject({
      type: 'enum',
      typeName: 'GstX264EncPreset',
      default: 'medium',
      writable: true,
    });
    expect(catalogue.element('tee')?.pads).toEqual([
      { name: 'sink', direction: 'sink', presence: 'always', caps: 'ANY' },
      { name: 'src_%u', direction: 'src', presence: 'request', caps: 'ANY' },
    ]);
  });

  it('knows the properties of the pads that a mixer mixes, and of no others', () => {
    const catalogue = loadCatalogue();
    const known = (name: string) => catalogue.element(name)?.pads.map((pad) => [pad.name, Object.keys(pad.properties ?? {})]);
    expect(known('audiomixer')).toEqual([
      ['src', []],
      ['sink_%u', ['caps', 'converter-config', 'emit-signals', 'mute', 'offset', 'qos-messages', 'template', 'volume']],
    ]);
    const withProperties = catalogue.names().filter((name) => catalogue.element(name)?.pads.some((pad) => pad.properties));
    expect(withProperties).toEqual(['audiointerleave', 'audiomixer', 'compositor', 'liveadder']);
  });
});
