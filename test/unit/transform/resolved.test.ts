import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { jobId } from '../../../lib/events/job-id.ts';
import { checkTogether, parseTransforms, resolve } from '../../../lib/transform/index.ts';
import { readAddress } from '../../../lib/transform/resolve/endpoint.ts';
import { allDiffer, type Change, resolved, resolveWritten, told, transformOf } from '../../support/transforms.ts';

describe('an endpoint', () => {
  const cases: Array<[written: string, tls: boolean, wanted: string | undefined]> = [
    ['minio:9000', true, 'minio:9000'],
    ['MinIO.Example', true, 'minio.example:443'],
    ['minio', false, 'minio:80'],
    ['minio:09000', true, 'minio:9000'],
    ['10.0.0.1:9000', true, '10.0.0.1:9000'],
    ['[::1]:9000', true, '[::1]:9000'],
    ['[fe80::1]', true, '[fe80::1]:443'],
    ['a_b.svc.cluster.local:80', true, 'a_b.svc.cluster.local:80'],
    ['minio:0', true, undefined],
    ['minio:port', true, undefined],
    ['::1', true, undefined],
    [':9000', true, undefined],
    ['user@minio:9000', true, undefined],
    ['minio:9000/', true, undefined],
    ['s3://bucket', true, undefined],
  ];
  it.each(cases)('%j (TLS: %j) is %j', (written, tls, wanted) => {
    const read = readAddress(written, tls);
    expect('address' in read ? read.address : undefined).toBe(wanted);
  });

  it('with http:// in front: how plain HTTP is written is told', () => {
    expect(readAddress('http://minio:9000', true)).toEqual({
      fault: 'an endpoint has no scheme: write `minio:9000` and `insecureNoTLS: true`; found `http://minio:9000`',
    });
  });
});

describe('limits', () => {
  const limits = (written: Change, options = {}) =>
    resolved({ spec: { pipeline: { limits: written } } }, options).pipeline.limits;
  const Gi = 2 ** 30;

  it.each<[written: Change, wanted: object]>([
    [{}, { timeout: 480, stall: 60, inputBytes: 16 * Gi, outputBytes: 16 * Gi }],
    [
      { timeout: '7m30s', stall: '1.5s' },
      { timeout: 450, stall: 1.5 },
    ],
    [{ timeout: '8m' }, { timeout: 480 }],
    [{ timeout: '30s' }, { timeout: 30, stall: 30 }],
    [
      { inputBytes: '16Gi', outputBytes: '500M' },
      { inputBytes: 16 * Gi, outputBytes: 5e8 },
    ],
    [
      { inputBytes: 1000, outputBytes: '1.5Ki' },
      { inputBytes: 1000, outputBytes: 1536 },
    ],
    [{ inputBytes: '1e9' }, { inputBytes: 1e9 }],
  ])('%j are %j', (written, wanted) => {
    expect(limits(written)).toMatchObject(wanted);
  });

  it('are at most the ceilings of the installation, the defaults too', () => {
    expect(limits({}, { maxTimeout: 60, maxInputBytes: Gi, maxOutputBytes: 2 * Gi })).toEqual({
      timeout: 60,
      stall: 60,
      inputBytes: Gi,
      outputBytes: 2 * Gi,
    });
    expect(limits({ timeout: '1h' }, { maxTimeout: 3600 }).timeout).toBe(3600);
  });

  it('of a Service that the Broker would not wait for are a warning; as a Job they are none', () => {
    const of = (execution: string) =>
      resolveWritten({ spec: { execution, pipeline: { limits: { timeout: '1h' } } } }, { maxTimeout: 3600 }).findings.map(told);
    expect(of('service')).toEqual(['warning timeout-needs-job spec.pipeline.limits.timeout']);
    expect(of('job')).toEqual([]);
  });

  it('of a Job have a ceiling of their own', () => {
    const of = (execution: string, timeout: string) =>
      resolveWritten({ spec: { execution, pipeline: { limits: { timeout } } } }, {}).findings.map(told);
    expect(of('job', '6h')).toEqual([]);
    expect(of('job', '7h')).toEqual(['error over-ceiling spec.pipeline.limits.timeout']);
    expect(of('service', '1h')).toContain('error over-ceiling spec.pipeline.limits.timeout');
  });
});

describe('a runner', () => {
  const runner = (pipeline: Change) => resolved({ spec: { pipeline } }).runner;
  const memory = { resources: { limits: { memory: '2Gi' } } };

  it('is default where nothing of its own is asked for', () => {
    expect(runner({})).toBe('default');
    expect(runner({ resources: {} })).toBe('default');
    expect(runner({ resources: { limits: {} } })).toBe('default');
  });
  it('is shared by those that ask for the same, however it is written', () => {
    expect(runner({ resources: { requests: { cpu: '1' }, limits: { memory: '2Gi' } } })).toBe(
      runner({ resources: { limits: { memory: '2Gi' }, requests: { cpu: '1' } } }),
    );
    expect(runner({ image: 'a', resources: {} })).toBe(runner({ image: 'a' }));
  });
  it('is another for another image or other resources; fit for a label', () => {
    const all = [runner({ image: 'a' }), runner({ image: 'b' }), runner(memory), runner({ image: 'a', ...memory })];
    expect(allDiffer(all)).toBe(true);
    for (const one of all) expect(one).toMatch(/^[a-z0-9]{1,63}$/);
  });
});

describe('what a job is named after', () => {
  const object = { bucket: 'media', key: 'drop/a.mkv', etag: 'e1', size: 5 };
  const job = (spec: Change, of: Partial<typeof object> & { name?: string; namespace?: string; kind?: string } = {}) => {
    const { name, namespace, kind, ...rest } = of;
    return jobId(resolved({ spec, ...(name && { name }), ...(namespace && { namespace }), ...(kind && { kind }) }), {
      ...object,
      ...rest,
    });
  };
  const same: Array<[name: string, spec: Change]> = [
    ['limits', { pipeline: { limits: { timeout: '1m', inputBytes: '1Gi' } } }],
    ['resources', { pipeline: { resources: { limits: { memory: '2Gi' } } } }],
    ['debug', { pipeline: { debug: { logLevel: 5, dot: { path: 'd' } } } }],
    ['suspend', { suspend: true }],
    ['execution', { execution: 'job' }],
    ['a default that is written out', { globals: { minio: { region: 'us-east-1' } }, pipeline: { onMissingStream: 'skip' } }],
  ];
  it.each(same)('%s changes no job', (_name, spec) => {
    expect(job(spec)).toBe(job({}));
  });

  it('is the same for a field that is written under globals or in its place', () => {
    const moved = job({
      globals: { minio: { bucket: undefined } },
      src: { minio: { bucket: 'media' } },
      sink: { minio: { bucket: 'media' } },
    });
    expect(moved).toBe(job({}));
  });

  it('other work, other content and another Transform are other jobs', () => {
    const jobs = [
      job({}),
      job({ sink: { minio: { key: 'other/{{ .SrcKey }}' } } }),
      job({ sink: { minio: { contentType: 'video/mp4' } } }),
      job({ src: { minio: { exclude: 'x' } } }),
      job({ pipeline: { elements: [{ name: 'decodebin' }, { name: 'x265enc' }, { name: 'mp4mux' }] } }),
      job({
        pipeline: { elements: [{ name: 'decodebin' }, { name: 'x264enc', properties: { bitrate: 1 } }, { name: 'mp4mux' }] },
      }),
      job({ pipeline: { onMissingStream: 'fail' } }),
      job({ pipeline: { image: 'a' } }),
      job({ globals: { minio: { endpoint: 'other:9000' } } }),
      job({}, { key: 'drop/b.mkv' }),
      job({}, { etag: 'e2' }),
      job({}, { size: 6 }),
      job({}, { bucket: 'other' }),
      job({}, { name: 'other' }),
      job({}, { namespace: 'other' }),
    ];
    expect(allDiffer(jobs)).toBe(true);
    for (const one of jobs) expect(one).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?-[a-z2-7]{26}$/);
  });

  it('is a name that Kubernetes takes, whatever that of the Transform', () => {
    for (const name of ['x'.repeat(40), 'a.b-c', `${'a'.repeat(38)}-b`])
      expect(job({}, { name })).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  });
});

describe('the size of a Transform', () => {
  const heavy = (count: number) => ({
    pipeline: {
      elements: Array.from({ length: count }, () => ({
        name: 'identity',
        properties: { name: 'x'.repeat(100) },
      })),
    },
  });
  it('is told where a request for it would not fit an event', () => {
    expect(resolveWritten({ spec: heavy(300) }).findings.map(told)).toEqual([]);
    expect(resolveWritten({ spec: heavy(450) }).findings.map(told)).toEqual(['error too-large spec']);
  });
});

describe('Transforms together', () => {
  const pass = (name: string, from: string, to: string, extra: Change = {}) =>
    resolved({ name, spec: { src: { minio: { key: from } }, sink: { minio: { key: `${to}{{ .SrcKey }}` } }, ...extra } });
  const rings = (...transforms: ReturnType<typeof pass>[]) =>
    checkTogether(transforms).map(({ message }) => message.replace(/ feed each other.*/, ''));

  it('that feed each other in a ring are each told, with the way round', () => {
    expect(rings(pass('a', 'a/', 'b/'), pass('b', 'b/', 'c/'), pass('c', 'c/', 'a/'))).toEqual([
      'default/a → default/b → default/c → default/a',
      'default/b → default/c → default/a → default/b',
      'default/c → default/a → default/b → default/c',
    ]);
  });
  it('in a chain, however long, are none', () => {
    expect(rings(...Array.from({ length: 200 }, (_, i) => pass(`t${i}`, `f${i}/`, `f${i + 1}/`)))).toEqual([]);
  });
  it('are no ring where the way is broken', () => {
    const a = pass('a', 'a/', 'b/');
    expect(rings(a, pass('b', 'b/', 'a/'))).toHaveLength(2);
    expect(rings(a, pass('b', 'b/', 'a/', { suspend: true }))).toEqual([]);
    expect(rings(a, pass('b', 'b/', 'a/', { globals: { minio: { bucket: 'other' } } }))).toEqual([]);
    expect(rings(a, pass('b', 'b/', 'a/', { globals: { minio: { endpoint: 'other:9000' } } }))).toEqual([]);
    expect(rings(a, pass('b', 'b/', 'a/', { src: { minio: { key: 'b/', include: '\\.json$' } } }))).toEqual([]);
  });
  it('one that feeds itself is told by its own findings, not as a ring', () => {
    expect(rings(pass('a', 'a/', 'a/x/'))).toEqual([]);
  });
  it('are told where each stands', () => {
    const transforms = [pass('a', 'a/', 'b/'), pass('b', 'b/', 'a/')];
    const found = checkTogether(transforms, ({ ref }) => ({ file: `${ref.name}.yaml`, line: 3 }));
    expect(found.map(({ severity, rule, file, line }) => [severity, rule, file, line])).toEqual([
      ['warning', 'ring', 'a.yaml', 3],
      ['warning', 'ring', 'b.yaml', 3],
    ]);
  });
});

describe('sinks by name', () => {
  it('keep their names, their own fields and what globals say', () => {
    const { sinks } = resolved({
      spec: {
        globals: { minio: { cacheControl: 'max-age=60' } },
        sink: undefined,
        sinks: {
          small: { minio: { key: 's/{{ .SrcKey }}', metadata: { a: 'b' }, overwrite: true } },
          hls: { minio: { key: 'h/{{ .SrcKey }}/', cacheControl: 'no-store' } },
        },
        pipeline: {
          elements: [
            { name: 'decodebin' },
            { name: 'tee', alias: 't' },
            { name: 'mp4mux' },
            { linkto: 'small-out' },
            { goto: 't' },
            { name: 'hlssink2' },
          ],
        },
      },
    });
    expect(sinks).toMatchObject([
      { name: 'small', metadata: { a: 'b' }, overwrite: true, cacheControl: 'max-age=60' },
      { name: 'hls', overwrite: false, cacheControl: 'no-store', keyTemplate: 'h/{{ .SrcKey }}/' },
    ]);
  });
});

describe('a certificate authority', () => {
  const [pem = ''] = rootCertificates;
  const encoded = Buffer.from(`${pem}\n${pem}\n`).toString('base64');
  const minio = (change: Change) => ({ spec: { globals: { minio: { insecureNoTLS: undefined, ...change } } } });

  it('is taken where it is one, and line ends within the base64 are nothing', () => {
    const folded = encoded.replace(/.{76}/g, '$&\n');
    expect(resolved(minio({ endpointCA: folded })).source.endpoint.ca).toBe(encoded);
  });
  it('that has no effect is a warning', () => {
    for (const change of [{ insecureNoTLS: true }, { insecureSkipVerify: true }]) {
      expect(resolveWritten(minio({ endpointCA: encoded, ...change })).findings.map(told)).toEqual([
        'warning no-effect spec.globals.minio.endpointCA',
      ]);
    }
  });
});

it('resolving a parsed resource does not change it', () => {
  const { resources } = parseTransforms(JSON.stringify(transformOf({ spec: { foo: 1 } })));
  const [resource] = resources;
  const before = structuredClone(resource?.value);
  if (resource) resolve(resource);
  expect(resource?.value).toEqual(before);
});
