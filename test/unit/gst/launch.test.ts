import { describe, expect, it } from 'vitest';
import { bufferName, launchOf, sinkName, sourceName } from '../../../lib/gst/launch.ts';
import { chain } from '../../support/engine.ts';

const file = { kind: 'file', path: '/media/a b.mkv' } as const;
const http = {
  kind: 'http',
  url: 'https://minio:9000/b/k?X-Amz-Signature=abc',
  headers: { 'If-Match': '"e"' },
  caFile: '/ca.pem',
  verify: true,
} as const;
const outputs = [{ name: 'out', path: '/scratch/out' }];

describe('the launch line of a run', () => {
  it('feeds the graph from the source and writes its output to a file', () => {
    const { line } = launchOf(chain('decodebin', 'mp4mux'), file, outputs);
    expect(line).toMatch(new RegExp(`filesrc name=${sourceName} location=\\S*/media/a`));
    expect(line).toContain(`! filesink name=${sinkName('out')}`);
  });

  it('reads over the network through a buffer, by certificate, bound to the content, without redirects', () => {
    const { line } = launchOf(chain('decodebin'), http, outputs);
    for (const part of [
      `souphttpsrc name=${sourceName}`,
      `queue2 name=${bufferName}`,
      'automatic-redirect=false',
      'ssl-strict=true',
      'ssl-ca-file=',
      'If-Match',
    ]) {
      expect(line).toContain(part);
    }
  });

  it('a directory is written by elements of the graph: no sink is added', () => {
    const graph = { ...chain('decodebin', 'hlssink2'), outputs: [] };
    const { line, watched } = launchOf(graph, file, [{ name: 'out', path: '/scratch/out/' }]);
    expect(line).not.toContain('filesink');
    expect(watched).toEqual(['e1']);
  });

  it('watches the last element and the sink of each output, and the heads of branches', () => {
    const { watched, heads } = launchOf(chain('decodebin', 'queue', 'mp4mux'), file, outputs);
    expect(watched).toEqual(['e2', sinkName('out')]);
    expect(heads).toEqual(['e1', 'e2']);
  });
});
