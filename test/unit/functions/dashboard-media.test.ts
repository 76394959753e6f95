import { describe, expect, it } from 'vitest';
import type { JobObject } from '../../../functions/dashboard/feed.ts';
import { mediaLinks, mediaOrigins, publicEndpoints } from '../../../functions/dashboard/media.ts';
import { createPictures } from '../../../functions/dashboard/pictures.ts';
import type { Endpoint } from '../../../lib/events/types.ts';
import { createMinioStore, type ListedObject, type ObjectStore } from '../../../lib/storage/index.ts';
import { parseTransforms, type ResolvedTransform, resolve } from '../../../lib/transform/index.ts';
import { jobRecord, statusOf, transformYaml } from '../../support/dashboard.ts';

function resolved(text: string): ResolvedTransform {
  const [resource] = parseTransforms(text).resources;
  return (resource && resolve(resource).transform) as ResolvedTransform;
}
const transform = resolved(transformYaml({ endpoint: 'minio.svc:9000' }));
const job = (status = statusOf.finished()) =>
  jobRecord({
    name: 'a',
    status,
    spec: { sinks: [{ name: 'mp4/a & b.mp4', streamType: 'all', etag: 'x', size: 5, contentType: 'video/mp4' }] },
  }) as JobObject;
const asked: Array<[Endpoint, string]> = [];
const store = async (endpoint: Endpoint, namespace: string) => {
  asked.push([endpoint, namespace]);
  return createMinioStore(endpoint, { accessKey: 'access', secretKey: 'secret' });
};

describe('addresses of inputs and outputs', () => {
  it('are signed for a short while, for the very objects, without a request', async () => {
    const links = await mediaLinks(job(), transform, store, publicEndpoints([]));
    const [output] = links.outputs;
    expect(links.seconds).toBeLessThanOrEqual(900);
    expect(output).toMatchObject({ name: 'out', key: 'mp4/a & b.mp4', contentType: 'video/mp4', size: 5 });
    const url = new URL(output?.url ?? '');
    expect([url.origin, decodeURIComponent(url.pathname)]).toEqual(['http://minio.svc:9000', '/processed/mp4/a & b.mp4']);
    expect(url.searchParams.get('X-Amz-Expires')).toBe(String(links.seconds));
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(new URL(links.source?.url ?? '').pathname).toBe('/media/drop/a.mkv');
    expect(asked.at(-1)?.[1]).toBe('default');
  });

  it.each([
    ['a', 'debug/a.mkv_debug/gstreamer.log'],
    ['another', undefined],
  ])('are given of the log that is kept beside the object, where it is that of the very job: %s', async (owner, key) => {
    const kept = resolved(transformYaml({ debug: true }).replace('debug: {', 'debug: { logLevel: 4,'));
    const stat = async () => ({ etag: 'e', size: 1, lastModified: new Date(), metadata: { 'gst-job': owner } });
    const storeOf = async (...place: Parameters<typeof store>) => ({ ...(await store(...place)), stat }) as never;
    const { log } = await mediaLinks(job(), kept, storeOf, publicEndpoints([]));
    expect(log?.key).toBe(key);
  });

  it('are signed for the address under which browsers reach the server', async () => {
    const publicEndpoint = publicEndpoints(['minio.svc:9000=https://media.example.org']);
    const { outputs } = await mediaLinks(job(), transform, store, publicEndpoint);
    expect(new URL(outputs[0]?.url ?? '').origin).toBe('https://media.example.org');
    expect(mediaOrigins([transform], publicEndpoint)).toEqual(['https://media.example.org']);
  });

  it('are not made for outputs that are not there yet', async () => {
    const links = await mediaLinks(job(statusOf.failed()), transform, store, publicEndpoints([]));
    expect(links.outputs).toEqual([]);
    expect(links.source?.key).toBe('drop/a.mkv');
  });

  it('give no text of a Transform a way into the policy of the page', () => {
    const at = (address: string) => ({
      ...transform,
      source: { ...transform.source, endpoint: { ...transform.source.endpoint, address } },
      sinks: [],
    });
    expect(mediaOrigins([at('[::1]:9000'), at('a.b:1')], (one) => one)).toEqual(['http://[::1]:9000', 'http://a.b:1']);
    expect(mediaOrigins([at('x; script-src *'), at('x y'), at('x,y'), at('*')], (one) => one)).toEqual([]);
  });

  const wrong = [
    'minio:9000',
    '=https://a.example.org',
    'minio:9000=ftp://a.example.org',
    'minio:9000=https://a.example.org/path',
  ];
  it.each(wrong)('refuse the setting %s', (entry) => {
    expect(() => publicEndpoints([entry])).toThrow(/PUBLIC_ENDPOINTS must hold/);
  });
});

describe('the graph of the moment', () => {
  const debugged = resolved(transformYaml({ debug: true }));
  const dot = (label: string) => `digraph { a [label="${label}"] }`;

  /** A storage with these files in the debug folder, each of a job, oldest first. */
  function folder(files: Array<[name: string, job: string, text: string]>) {
    const of = (key: string) => files.find(([name]) => key === `debug/a.mkv_debug/${name}`);
    const reads: string[] = [];
    const objects = {
      async *list(bucket: string, prefix: string) {
        for (const [index, [name, , text]] of files.entries()) {
          const file: ListedObject = {
            key: `${prefix}${name}`,
            etag: text,
            size: text.length,
            lastModified: new Date(index * 1000),
          };
          if (bucket === 'media') yield file;
        }
      },
      stat: async (_bucket: string, key: string) => ({ metadata: { 'gst-job': of(key)?.[1] } }),
      async get(_bucket: string, key: string) {
        reads.push(key);
        return Buffer.from(of(key)?.[2] ?? '');
      },
    } as unknown as ObjectStore;
    return { reads, pictures: createPictures({ dotOf: () => dot('planned'), store: async () => objects }) };
  }
  const text = (picture: Uint8Array | undefined) => (picture === undefined ? undefined : Buffer.from(picture).toString());

  it('is the newest that was kept of the very job, drawn once', async () => {
    const { pictures, reads } = folder([
      ['1.dot', 'a', dot('first')],
      ['2.dot', 'a', dot('second')],
      ['2.png', 'a', 'no dot'],
      ['3.dot', 'another', dot('foreign')],
    ]);
    expect(text(await pictures.moment(debugged, job()))).toMatch(/<svg[\s\S]*>second</);
    await pictures.moment(debugged, job());
    expect(reads).toEqual(['debug/a.mkv_debug/2.dot']);
  });

  it('is none where none was kept, or the Transform keeps none', async () => {
    expect(await folder([['3.dot', 'another', dot('foreign')]]).pictures.moment(debugged, job())).toBeUndefined();
    expect(await folder([['1.dot', 'a', dot('first')]]).pictures.moment(transform, job())).toBeUndefined();
  });

  it('is not drawn where it is so large that it would hold up the server', async () => {
    const { pictures } = folder([['1.dot', 'a', dot('x'.repeat(600_000))]]);
    expect(await pictures.moment(debugged, job())).toBeUndefined();
  });

  it('stands beside the picture of the pipeline as planned', async () => {
    expect(text(await folder([]).pictures.pipeline(debugged))).toMatch(/<svg[\s\S]*>planned</);
  });
});
