import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReceivedSpan, spanPaths } from '../support/otlp.ts';
import { type ClusterCollector, startClusterCollector } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { reconfigure } from './support/install.ts';
import { useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-trace', 'trace');
const functions = ['source', 'dispatcher', 'transcode', 'recorder'];
const settings = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_BSP_SCHEDULE_DELAY'] as const;

let collector: ClusterCollector;
const send = (...values: Array<string | undefined>) =>
  Promise.all(
    functions.map((name) => reconfigure(name, Object.fromEntries(settings.map((key, index) => [key, values[index]] as const)))),
  );
beforeAll(async () => {
  collector = await startClusterCollector();
  await send(collector.address, '500');
  await tenant.put('traced');
});
afterAll(async () => {
  await send();
  await collector?.close();
});

describe('the trace of an upload', () => {
  it('is one, from the notification of MinIO through the Broker of Knative to the record', async () => {
    const key = 'traced/clip.mkv';
    await tenant.upload(key);
    await tenant.output('out/traced/clip.mp4');
    const paths = await eventually('the end of the trace', 90, async () => {
      await collector.look();
      const told = collector.spans.find(({ name, attributes }) => name === 'tell object' && attributes['aws.s3.key'] === key);
      const trace = collector.spans.filter(({ traceId }) => traceId === told?.traceId);
      const found = spanPaths(ownSpans(trace));
      if (found.some((path) => path.includes('succeeded > recorder') && path.endsWith('> record'))) return found;
      throw new Error(
        JSON.stringify(found.length > 0 ? found : collector.spans.map(({ service, name }) => `${service} ${name}`)),
      );
    });
    const request =
      'source: POST > tell object > publish ObjectCreated:Put > dispatcher: process ObjectCreated:Put > publish requested';
    const run = `${request} > transcode: process requested > run`;
    expect(paths).toEqual(
      expect.arrayContaining([
        `${request} > recorder: process requested > record`,
        `${run} > pipeline > read`,
        `${run} > upload`,
        `${run} > publish started > recorder: process started > record`,
        `${run} > publish succeeded > recorder: process succeeded > record`,
      ]),
    );
  });
});

/** Those of the functions: what stands between them in the trace, as that of the Broker, is sent elsewhere. */
function ownSpans(trace: ReceivedSpan[]): ReceivedSpan[] {
  return trace.filter(({ service }) => functions.includes(service));
}
