/** Which modules a function loads, as V8 itself lists the scripts of a process at its end. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Collector, startCollector } from '../../support/otlp.ts';
import { serveProcess } from '../../support/serve.ts';

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.close());

const settings: Record<string, NodeJS.ProcessEnv> = {
  source: { WEBHOOK_ALLOW_ANONYMOUS: 'true', K_SINK: 'http://127.0.0.1:9/' },
  transcode: {
    K_SINK: 'http://127.0.0.1:9/',
    EVENT_KEY: 'key of a test',
    MINIO_ACCESS_KEY: 'a',
    MINIO_SECRET_KEY: 'b',
  },
};

/** Packages of OpenTelemetry in the process of a function that has started, and ended. */
async function packagesOf(name: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-scripts-'));
  try {
    const served = await serveProcess(name, {
      ...settings[name],
      SCRATCH_DIR: join(folder, 'scratch'),
      ...env,
      NODE_V8_COVERAGE: folder,
    });
    const { pid } = served;
    expect((await served.stop()).code).toBe(0);
    const file = (await readdir(folder)).find((found) => found.includes(`-${pid}-`));
    const { result } = JSON.parse(await readFile(join(folder, String(file)), 'utf8')) as { result: Array<{ url: string }> };
    const found = result.flatMap(({ url }) => url.match(/node_modules\/(@opentelemetry\/[^/]+)/)?.[1] ?? []);
    return [...new Set(found)].sort();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('sends JSON to whoever wants that, under the name and with the attributes that are asked for', async () => {
  const json = await startCollector();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: json.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=media,service.name=intake',
  };
  await packagesOf('source', env);
  await packagesOf('source', { ...env, OTEL_SERVICE_NAME: 'door' });
  await json.close();
  expect([...json.types]).toEqual(['application/json']);
  expect(json.points('gst.start.duration').map(({ service }) => service)).toEqual(['intake', 'door']);
  expect(json.text()).toMatch(/"service.namespace".*"media"/);
  expect(json.text()).toMatch(/"telemetry.sdk.language".*"nodejs"/);
});

describe.each(Object.keys(settings))('%s', (name) => {
  it('loads the SDK where an endpoint is set', async () => {
    const packages = await packagesOf(name, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
    expect(packages).toEqual(expect.arrayContaining(['@opentelemetry/sdk-trace', '@opentelemetry/sdk-metrics']));
    expect(collector.points('gst.start.duration').map(({ service }) => service)).toContain(name);
    expect([...collector.types]).toEqual(['application/x-protobuf']);
  });

  it('loads nothing but the API where none is set', async () => {
    expect(await packagesOf(name, {})).toEqual(['@opentelemetry/api']);
  });
});
