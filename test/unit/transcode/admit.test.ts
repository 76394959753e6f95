import { describe, expect, it } from 'vitest';
import { createAdmit } from '../../../functions/transcode/admit.ts';
import { loadCatalogue } from '../../../lib/graph/index.ts';
import { mp4Converter } from '../../support/pipelines.ts';
import { type RequestFields, requestedData } from '../../support/requests.ts';
import { endpoint } from '../../support/transcode-fakes.ts';

const ceilings = { timeout: 100, inputBytes: 1000, outputBytes: 2000 };
const admit = (allowedEndpoints: string[] = []) => createAdmit({ catalogue: loadCatalogue(), allowedEndpoints, ceilings });
const source = { bucket: 'media', key: 'in/a.mkv', etag: 'e' };
const request = (fields: Partial<RequestFields> = {}) =>
  requestedData({ endpoint, source, sinks: { out: 'media/out/a.mp4' }, elements: mp4Converter, ...fields });

describe('what is checked again before anything runs', () => {
  it('gives the graph, and the limits under the ceilings of the installation', () => {
    const limits = { timeout: 50, stall: 7, inputBytes: 5000, outputBytes: 5000 };
    const admitted = admit()(request({ limits }));
    expect(admitted.limits).toEqual({ timeout: 50, stall: 7, inputBytes: 1000, outputBytes: 2000 });
    const graph = admitted.graph();
    expect(graph.nodes.map(({ factory }) => factory)).toContain('x264enc');
    expect(graph.outputs).toMatchObject([{ name: 'out', from: { node: 'mux' } }]);
  });

  const faults: Array<[what: string, fields: Partial<RequestFields>, code: string, message: RegExp]> = [
    ['a key that climbs', { sinks: { out: 'media/../x' } }, 'OUTPUT_KEY_INVALID', /climbs/],
    ['the source as output', { sinks: { out: 'media/in/a.mkv' } }, 'OUTPUT_KEY_INVALID', /source itself/],
    ['an unknown element', { elements: [{ name: 'x246enc' }] }, 'TRANSFORM_INVALID', /x246enc.*x264enc/],
    ['a link to nowhere', { elements: [{ name: 'identity' }, { linkto: 'mux' }] }, 'TRANSFORM_INVALID', /mux/],
    [
      'an element that reads files',
      {
        elements: [
          { name: 'decodebin', alias: 'd' },
          { name: 'filesrc', properties: { location: '/etc/passwd' } },
        ],
      },
      'PIPELINE_REFUSED',
      /filesrc/,
    ],
    [
      'an element that writes files',
      { elements: [{ name: 'decodebin' }, { name: 'filesink', properties: { location: '/tmp/x' } }] },
      'PIPELINE_REFUSED',
      /filesink/,
    ],
    [
      'an element that opens connections',
      { elements: [{ name: 'decodebin' }, { name: 'tcpclientsink', properties: { host: '10.0.0.1', port: 80 } }] },
      'PIPELINE_REFUSED',
      /tcpclientsink/,
    ],
  ];
  it.each(faults)('refuses %s', (_what, fields, code, message) => {
    expect(() => admit()(request(fields)).graph()).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('refuses a storage that the operator has not allowed, as source and as sink', () => {
    const elsewhere = { ...endpoint, address: 'elsewhere:9000' };
    const only = admit([endpoint.address]);
    expect(only(request()).graph().outputs).toHaveLength(1);
    const sink = { bucket: 'media', key: 'out/a.mp4', endpoint: elsewhere };
    for (const fields of [{ endpoint: elsewhere }, { sinks: { out: sink } }]) {
      expect(() => only(request(fields))).toThrow(expect.objectContaining({ code: 'ENDPOINT_REFUSED', class: 'permanent' }));
    }
  });
});
