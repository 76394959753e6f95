import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createTransformIndex, parseTransforms, resolve, sinkObjects } from '../../../lib/transform/index.ts';
import { resolved, resolveText, resolveWritten, told } from '../../support/transforms.ts';

const sample = (name: string) => readFileSync(new URL(`../../fixtures/seed/${name}`, import.meta.url), 'utf8');
const object = (key: string) => ({
  endpoint: resolved().source.endpoint,
  bucket: 'media',
  key,
  etag: 'e',
  eventTime: '2024-05-06T07:08:09Z',
});

describe('the samples of gst-pipeline-operator', () => {
  it('mp4-converter is taken as it is, with one warning: about its template', () => {
    const { transform, findings } = resolveText(sample('mp4-converter.yaml'));
    expect(findings.map(told)).toEqual(['warning template-ambiguous spec.sink.minio.key']);
    expect(transform).toMatchObject({
      ref: { kind: 'Transform', namespace: 'default', name: 'mp4-converter' },
      source: {
        bucket: 'gst-processing',
        prefix: 'drop/',
        endpoint: {
          address: 'minio.default.svc.cluster.local:9000',
          tls: false,
          region: 'us-east-1',
          credentialsSecret: 'minio-credentials',
        },
      },
      sinks: [{ name: 'out', bucket: 'gst-processing', keyTemplate: 'mp4/{{ .SrcName }}.mp4', overwrite: false }],
      pipeline: { debug: { dot: { path: 'debug/', render: 'png', interval: 3 } }, onMissingStream: 'skip' },
      runner: 'default',
      execution: 'service',
      suspend: false,
    });
  });

  it('video-splitter is taken as it is, with a warning for the template of each output', () => {
    const { transform, findings } = resolveText(sample('video-splitter.yaml'));
    expect(findings.map(told)).toEqual([
      'warning template-ambiguous spec.video.minio.key',
      'warning template-ambiguous spec.audio.minio.key',
    ]);
    expect(transform?.sinks.map(({ name, keyTemplate }) => [name, keyTemplate])).toEqual([
      ['video', 'split_video/{{ .SrcName }}.mp4'],
      ['audio', 'split_audio/{{ .SrcName }}.mp3'],
    ]);
  });

  it('minio-credentials gives the credentials that both name', () => {
    expect(parseTransforms(sample('minio-credentials.yaml')).secrets).toEqual([
      {
        namespace: 'default',
        name: 'minio-credentials',
        data: { 'access-key-id': 'accesskey', 'secret-access-key': 'secretkey' },
      },
    ]);
  });
});

/** seed/fields.md, row by row: what is written, and what must come of it. */
describe('every field of the seed', () => {
  it('globals.minio: merged under src and sink wherever these leave a field out', () => {
    const { source, sinks } = resolved({
      spec: {
        src: { minio: { bucket: 'incoming', region: 'eu' } },
        sink: { minio: { endpoint: 'other:1', credentialsSecret: { name: 's2' } } },
      },
    });
    expect([source.bucket, source.endpoint.region, source.endpoint.address]).toEqual(['incoming', 'eu', 'minio.example:9000']);
    expect(sinks[0]).toMatchObject({
      bucket: 'media',
      endpoint: { address: 'other:1', region: 'us-east-1', credentialsSecret: 's2' },
    });
  });

  it('video, audio of a SplitTransform: either may be absent', () => {
    for (const only of ['video', 'audio']) {
      const { sinks } = resolved({
        kind: 'SplitTransform',
        spec: { [only]: { minio: { key: 'x/{{ .SrcKey }}' } }, ...lastTo(only) },
      });
      expect(sinks.map(({ name }) => name)).toEqual([only]);
    }
    expect(resolveWritten({ kind: 'SplitTransform' }).findings.map(told)).toContain('error missing spec.video');
  });

  it('endpoint, insecureNoTLS: host:port, plain HTTP where it says so', () => {
    expect(resolved().source.endpoint).toMatchObject({ address: 'minio.example:9000', tls: false });
    const secure = resolved({ spec: { globals: { minio: { insecureNoTLS: undefined, endpoint: 'S3.example' } } } });
    expect(secure.source.endpoint).toMatchObject({ address: 's3.example:443', tls: true });
  });

  it('insecureSkipVerify: no certificate check, and only then', () => {
    expect(resolved({ spec: { globals: { minio: { insecureSkipVerify: true } } } }).source.endpoint.skipVerify).toBe(true);
    expect(resolved({ spec: { globals: { minio: { insecureSkipVerify: false } } } }).source.endpoint.skipVerify).toBeUndefined();
  });

  it('region: us-east-1 where it is left out or empty', () => {
    expect(resolved().source.endpoint.region).toBe('us-east-1');
    expect(resolved({ spec: { src: { minio: { region: '' } } } }).source.endpoint.region).toBe('us-east-1');
  });

  it.each([
    ['', 'a.mkv'],
    ['/', 'deep/a.mkv'],
    ['drop/', 'drop/a.mkv'],
    ['dr', 'drop/a.mkv'],
  ])('key %j of src: a prefix, empty or / for all', (key, matching) => {
    const index = createTransformIndex([resolved({ spec: { src: { minio: { key } }, sink: { minio: { bucket: 'other' } } } })]);
    expect(index.match({ bucket: 'media', key: matching })).toHaveLength(1);
  });

  it.each([
    ['mp4/{{ .SrcName }}.mp4', 'mp4/My Clip.v2.mp4'],
    ['{{ .SrcName }}{{ .SrcExt }}', 'My Clip.v2.mkv'],
    ['out/{{ .SrcName | upper | replace " " "_" }}', 'out/MY_CLIP.V2'],
    // empty: the base name of the source
    ['', 'My Clip.v2.mkv'],
  ])('key %j of a sink: a Go template with sprig', (key, wanted) => {
    const { sinks } = resolved({ spec: { sink: { minio: { key, bucket: 'other' } } } });
    expect(sinkObjects(sinks, object('drop/My Clip.v2.mkv'))[0]?.key).toBe(wanted);
  });

  it('exclude: an expression of keys to leave out', () => {
    const index = createTransformIndex([resolved({ spec: { src: { minio: { exclude: '\\.tmp$' } } } })]);
    expect(index.match({ bucket: 'media', key: 'drop/a.tmp' })).toEqual([]);
    expect(index.match({ bucket: 'media', key: 'drop/a.tmp.mkv' })).toHaveLength(1);
  });

  it('credentialsSecret.name: the name of a Secret, and nothing of it', () => {
    expect(resolved().source.endpoint.credentialsSecret).toBe('minio-credentials');
  });

  it('image, resources: a runner of its own', () => {
    const own = resolved({ spec: { pipeline: { image: 'example.org/gst:1', resources: { limits: { memory: '2Gi' } } } } });
    expect(own.pipeline).toMatchObject({ image: 'example.org/gst:1', resources: { limits: { memory: '2Gi' } } });
    expect(own.runner).toMatch(/^[0-9a-f]{12}$/);
  });

  it.each([
    [{ logLevel: 5 }, { logLevel: 5 }],
    [{ logLevel: 0 }, undefined],
    [{ dot: { path: 'debug/' } }, { dot: { path: 'debug/', interval: 3 } }],
    [
      { dot: { path: 'd', render: 'svg', timestamped: true, interval: 10 } },
      { dot: { path: 'd', render: 'svg', timestamped: true, interval: 10 } },
    ],
    [{ dot: { path: 'd', interval: '500ms' } }, { dot: { path: 'd', interval: 0.5 } }],
    [{ dot: { path: 'd', interval: '2' } }, { dot: { path: 'd', interval: 2 } }],
  ])('debug %j', (debug, wanted) => {
    expect(resolved({ spec: { pipeline: { debug } } }).pipeline.debug).toEqual(wanted);
  });

  it('dot.path must not overlap the watched prefix', () => {
    const { findings } = resolveWritten({ spec: { pipeline: { debug: { dot: { path: 'drop/debug' } } } } });
    expect(findings.map(told)).toEqual(['warning loop spec.pipeline.debug.dot.path']);
  });

  it('elements: name, alias, properties, goto and linkto arrive as they are', () => {
    const elements = [
      { name: 'decodebin', alias: 'd' },
      { goto: 'd' },
      { name: 'capsfilter', properties: { caps: 'video/x-raw,width=320' } },
      { name: 'x264enc', properties: { 'speed-preset': 'veryfast', bitrate: 800, 'byte-stream': true } },
      { linkto: 'm' },
      { goto: 'd' },
      { name: 'voaacenc' },
      { name: 'mp4mux', alias: 'm' },
    ];
    expect(resolved({ spec: { pipeline: { elements } } }).pipeline.elements).toEqual(elements);
  });

  it('a resource without a namespace is of default', () => {
    expect(resolved().ref.namespace).toBe('default');
    expect(resolved({ namespace: 'films' }).ref.namespace).toBe('films');
  });

  it('status is passed over, and what Kubernetes adds to metadata too', () => {
    const { resources } = parseTransforms(sample('mp4-converter.yaml'));
    const value = structuredClone(resources[0]?.value) as Record<string, Record<string, unknown>>;
    value.status = { conditions: [{ type: 'Ready', status: 'True' }], observedGeneration: 4 };
    Object.assign(value.metadata ?? {}, {
      uid: 'u',
      resourceVersion: '5',
      managedFields: [],
      creationTimestamp: '2024-05-06T07:08:09Z',
    });
    const [resource] = resources;
    expect(resource && resolve({ ...resource, value }).findings.map(told)).toEqual([
      'warning template-ambiguous spec.sink.minio.key',
    ]);
  });
});

function lastTo(name: string) {
  return { pipeline: { elements: [{ name: 'decodebin' }, { name: 'x264enc' }, { name: 'mp4mux' }, { linkto: `${name}-out` }] } };
}
