import type { CloudEvent } from 'cloudevents';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchWork, tellFailed } from '../../../functions/reconciler/batch-jobs.ts';
import { readResult } from '../../../lib/events/index.ts';
import { applyResult, type JobRecord } from '../../../lib/jobs/index.ts';
import { createKubeClient, type KubeClient } from '../../../lib/kubernetes/index.ts';
import { createLog } from '../../../lib/runtime/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { eventKey, requestedEvent } from '../../support/requests.ts';
import { request, result, runAt } from '../../support/results.ts';

const log = createLog({ name: 'test', level: 'silent', format: 'json' });
const systemNamespace = 'gst-functions';

let server: FakeApiServer;
let client: KubeClient;
let posted: CloudEvent<unknown>[];
beforeEach(async () => {
  server = await startFakeApiServer();
  client = await createKubeClient(server.load);
  posted = [];
});
afterEach(() => server.close());

/** As a JobSink makes it. */
function batchJob(condition?: { type: string; reason?: string }, { key = eventKey, id = request.job } = {}): void {
  const name = 'transcode-job-0123';
  const conditions = condition ? [{ status: 'True', message: 'It was active too long.', ...condition }] : [];
  server.put(`/apis/batch/v1/namespaces/${systemNamespace}/jobs/${name}`, {
    metadata: { name, namespace: systemNamespace, labels: { 'sinks.knative.dev/job-sink-name': 'transcode-job' } },
    status: { conditions },
  });
  const event = JSON.stringify(requestedEvent(request, { key, id }));
  server.put(`/api/v1/namespaces/${systemNamespace}/secrets/${name}`, {
    metadata: { name, namespace: systemNamespace },
    data: { event: Buffer.from(event).toString('base64') },
  });
}

const work = () => batchWork({ client, systemNamespace, eventKey, log });
async function told(record?: JobRecord): Promise<JobRecord | undefined> {
  await tellFailed({ publish: async (event) => void posted.push(event), log }, await work(), record ? [record] : []);
  const read = posted.splice(0).map(readResult);
  expect(read.length).toBeLessThanOrEqual(1);
  return read[0] && applyResult(record, read[0]);
}
const deadline = { type: 'Failed', reason: 'DeadlineExceeded' };

describe('a Kubernetes Job of a JobSink', () => {
  it('is at work until it has ended', async () => {
    batchJob();
    expect(await work()).toMatchObject([{ request: { job: request.job }, failure: undefined }]);
    batchJob({ type: 'FailureTarget' });
    expect(await work()).toMatchObject([{ failure: undefined }]);
    batchJob({ type: 'Complete' });
    expect(await work()).toEqual([]);
  });

  it('that failed without a word makes a failed record, though nobody has heard of it before', async () => {
    batchJob(deadline);
    expect(await told()).toMatchObject({
      metadata: { name: request.job },
      spec: { src: { name: request.source.key } },
      status: {
        state: 'Failed',
        error: {
          code: 'BATCH_JOB_FAILED',
          message: expect.stringContaining('transcode-job-0123 failed without a word of the run: DeadlineExceeded: It was'),
        },
      },
    });
  });

  it.each(['started', 'progress', 'retrying'] as const)('is told of after %s, once', async (kind) => {
    batchJob(deadline);
    const after = await told(applyResult(undefined, result(kind, { run: runAt(0), seq: 3 })));
    expect(after?.status).toMatchObject({ state: 'Failed', error: { code: 'BATCH_JOB_FAILED' } });
    expect(await told(after)).toBeUndefined();
  });

  it.each(['succeeded', 'failed', 'skipped'] as const)('is not told of where the run has told %s', async (kind) => {
    batchJob(deadline);
    expect(await told(applyResult(undefined, result(kind, { run: runAt(0), seq: 3 })))).toBeUndefined();
  });

  it('is not told of where it was asked for again since', async () => {
    batchJob(deadline);
    const record = applyResult(undefined, result('started', { run: runAt(0), seq: 0, asked: `${request.job}.01k` }));
    expect(await told(record)).toBeUndefined();
  });

  it('is nothing to us where nobody signed its event', async () => {
    batchJob(deadline, { key: 'another key' });
    expect(await work()).toEqual([]);
  });
});
