import { Writable } from 'node:stream';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Client } from 'minio';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import { createLog, readSettings, setting } from '../../../lib/runtime/index.ts';
import { inSpan, withoutSecrets } from '../../../lib/telemetry/index.ts';

/** Signed as the storage would have it; nothing is asked for over the network where the region is known. */
let url: string;
let signature: string;
beforeAll(async () => {
  const keys = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMIK7MDENG', sessionToken: 'session-token-1234567890' };
  const client = new Client({ endPoint: 'minio.example.org', useSSL: true, region: 'us-east-1', ...keys });
  url = await client.presignedGetObject('media', 'in/a film.mkv', 3600);
  signature = new URL(url).searchParams.get('X-Amz-Signature') ?? '';
  expect(signature).toMatch(/^[0-9a-f]{64}$/);
});
afterEach(() => trace.disable());

const granting = () => [signature, 'AKIAIOSFODNN7EXAMPLE', 'session-token-1234567890'];

function written(format: 'json' | 'text', say: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  say(createLog({ name: 'sample', level: 'info', format, output }));
  return text;
}

describe('a presigned address', () => {
  const places: Array<[name: string, say: (log: ReturnType<typeof createLog>) => void]> = [
    ['in the message of an unforeseen error', (log) => log.error({ err: new TypeError(`fetch of ${url} failed`) }, 'x')],
    ['in the cause of a fault', (log) => log.error({ err: Fault.from(new Error(`GET ${url}`)) }, 'x')],
    [
      'in the words of GStreamer',
      (log) =>
        log.warn(
          { err: new Fault('ELEMENT_FAILED', { element: 'e', cause: `at ${url}` }, { debug: `uri="${url}"\nnext` }) },
          'x',
        ),
    ],
    ['in a field deep within', (log) => log.info({ request: { headers: { location: url } } }, 'x')],
    ['in the message', (log) => log.info(`looked at ${url}.`)],
    ['in a query of another', (log) => log.info(`https://x/?to=${encodeURIComponent(url)}`)],
    ['as GStreamer escapes it', (log) => log.info(url.replaceAll('&', '\\&').replaceAll('=', '\\='))],
  ];

  describe.each(['json', 'text'] as const)('in a log as %s', (format) => {
    it.each(places)('%s grants nothing', (_name, say) => {
      const line = written(format, say);
      expect(line).toContain('<secret>');
      expect(line).toContain('minio.example.org');
      for (const secret of granting()) expect(line).not.toContain(secret);
      if (format === 'json') expect(() => JSON.parse(line)).not.toThrow();
    });
  });

  it('grants nothing in the status of a span', async () => {
    const spans = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
    const failing = inSpan('x', {}, async () => {
      throw new Error(`GET ${url} failed`);
    });
    await expect(failing).rejects.toThrow(signature);
    const [span] = spans.getFinishedSpans();
    expect(span).toMatchObject({ attributes: { 'error.type': 'INTERNAL' }, status: { code: SpanStatusCode.ERROR } });
    expect(span?.status.message).toContain('minio.example.org');
    expect(span?.status.message).not.toContain(signature);
  });
});

describe('what else grants access', () => {
  it.each([
    ['a bearer token', 'authorization: Bearer abc.def-123456', 'authorization: Bearer <secret>'],
    [
      'a signed header',
      'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00ff',
      'AWS4-HMAC-SHA256 <secret>',
    ],
    ['a password in an address', 'http://broker:pass@host/path', 'http://broker:<secret>@host/path'],
    [
      'a presigned address of the older kind',
      'http://h/k?AWSAccessKeyId=AK1&Signature=x%2By&Expires=1',
      'http://h/k?AWSAccessKeyId=<secret>&Signature=<secret>&Expires=1',
    ],
  ])('%s is left out', (_name, text, clean) => {
    expect(withoutSecrets(text)).toBe(clean);
  });

  it('the value of a secret setting is left out wherever it stands, plain or encoded', () => {
    const spec = { key: setting.secret({ env: 'SAMPLE_KEY', about: 'A sample.', secret: true }) };
    const key = 'a+b/"c" d=12';
    const text = [key, encodeURIComponent(key), JSON.stringify({ key })].join(' ');
    expect(withoutSecrets(text)).toBe(text);
    readSettings(spec, { SAMPLE_KEY: key });
    expect(withoutSecrets(text)).toBe('<secret> <secret> {"key":"<secret>"}');
  });

  it.each([
    'the bearer of this letter',
    'http://minio:9000/media/in/a.mkv',
    'https://dashboard/jobs?namespace=default&job=a-b',
    '12:30:01 rtsp://host:554/stream@2x',
    'Signature is missing',
  ])('nothing is taken from %j', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });
});
