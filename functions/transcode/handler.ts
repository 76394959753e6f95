/** Answers a `requested` event: events are posted first, then comes the answer that the Broker acts on. */
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../../lib/errors.ts';
import { readRequested } from '../../lib/events/index.ts';
import type { FaultData, Requested, Skipped } from '../../lib/events/types.ts';
import type { EventContext, Handler, Publish } from '../../lib/runtime/types.ts';
import { inSpan, objectAttributes } from '../../lib/telemetry/index.ts';
import type { Admitted } from './admit.ts';
import { type CancelWatch, watchCancelled } from './cancelled.ts';
import { type JobDeps, runJob } from './job.ts';
import { createReporter, type Reporter } from './reporter.ts';

export interface TranscodeDeps extends JobDeps {
  publish: Publish;
  eventKey: string;
  /** Checks what the request asks for, reads its graph and bounds its limits. Throws a permanent Fault. */
  admit: (request: Requested) => Admitted;
  /** A new ULID. */
  newRun: () => string;
  /** Least time between two progress events, in milliseconds. */
  progressInterval: number;
  /** Absent: no job can be cancelled. */
  cancel?: CancelWatch;
  /** Told the job in hand, and undefined when it has ended. */
  onRunning?: (job: string | undefined) => void;
}

const skipReasons: Partial<Record<Fault['code'], Skipped['reason']>> = {
  SOURCE_SUPERSEDED: 'superseded',
  SOURCE_GONE: 'gone',
  LOOP: 'loop',
  JOB_CANCELLED: 'cancelled',
};

/** One object at a time: a second request is answered 429, and comes again. */
export function createHandler(deps: TranscodeDeps): Handler {
  let busy = false;
  return async (event, context) => {
    const request = readRequested(event, deps.eventKey);
    if (context.draining()) throw new Fault('SHUTTING_DOWN');
    if (busy) throw new Fault('BUSY');
    busy = true;
    deps.onRunning?.(request.job);
    try {
      const run = deps.newRun();
      await inSpan('run', { attributes: attributesOf(request, run) }, () => transcode(deps, { request, run }, event, context));
    } finally {
      busy = false;
      deps.onRunning?.(undefined);
    }
  };
}

const nameOf = ({ namespace, name }: Requested['transform']) => `${namespace}/${name}`;

const attributesOf = ({ job, transform, source }: Requested, run: string) => ({
  'gst.job': job,
  'gst.run': run,
  'gst.transform': nameOf(transform),
  ...objectAttributes(source),
});

async function transcode(
  deps: TranscodeDeps,
  { request, run }: { request: Requested; run: string },
  event: CloudEvent<unknown>,
  context: EventContext,
): Promise<void> {
  const { job } = request;
  const log = context.log.child({ job, run, transform: nameOf(request.transform) });
  const reporter = createReporter({
    job,
    run,
    cause: event,
    publish: deps.publish,
    log,
    progressInterval: deps.progressInterval,
  });
  const stop = stopSignal(context);
  const ended = new AbortController();
  const { namespace } = request.transform;
  const mayBegin =
    deps.cancel && watchCancelled(deps.cancel, { namespace, job }, { signal: ended.signal, log, onCancelled: stop.cancel });
  try {
    const { graph, limits } = deps.admit(request);
    log.info({ bucket: request.source.bucket, key: request.source.key }, 'run begins');
    const succeeded = await runJob(deps, {
      request,
      graph,
      limits,
      run,
      reporter,
      log,
      signal: stop.signal,
      onShare: stop.onShare,
      mayBegin,
    });
    await reporter.post('succeeded', succeeded);
    log.info({ reused: succeeded.reused, timings: succeeded.timings }, 'run succeeded');
  } catch (error) {
    await report(Fault.from(error), { job, run, reporter, log });
  } finally {
    ended.abort();
    stop.release();
    await reporter.settled();
    setImmediate(deps.engine.reserve); // once the answer is on its way
  }
}

/** Posts what became of the run, then throws what the Broker must be told. */
async function report(
  fault: Fault,
  { job, run, reporter, log }: { job: string; run: string; reporter: Reporter; log: EventContext['log'] },
): Promise<void> {
  const reason = skipReasons[fault.code];
  if (reason) {
    await reporter.post('skipped', { job, run, reason, message: fault.message });
    log.info({ reason }, 'run skipped');
    return;
  }
  // what could not be posted cannot be told by posting: the answer alone brings the event back
  if (fault.code === 'PUBLISH_FAILED') throw fault;
  log.warn({ code: fault.code, class: fault.class, element: fault.element, err: fault }, 'run failed');
  await reporter.post(fault.class === 'permanent' ? 'failed' : 'retrying', { job, run, error: faultData(fault) });
  throw fault;
}

function faultData({ code, class: faultClass, message, remedy, element, debug }: Fault): FaultData {
  return { code, class: faultClass, message, remedy, element, debug };
}

/**
 * Stops the run when it is cancelled, when the process must end, and when the caller has gone, unless more than half is done by then:
 * the work then goes on, because the redelivery will find it done.
 */
function stopSignal(context: EventContext): {
  signal: AbortSignal;
  onShare: (share: number) => void;
  cancel: () => void;
  release: () => void;
} {
  const controller = new AbortController();
  let share = 0;
  const onEnd = () => controller.abort(new Fault('SHUTTING_DOWN'));
  const onGone = () => {
    if (share < 0.5) controller.abort(new Fault('CANCELLED', { cause: 'the caller has gone away' }));
  };
  context.signal.addEventListener('abort', onEnd, { once: true });
  context.gone.addEventListener('abort', onGone, { once: true });
  if (context.signal.aborted) onEnd();
  return {
    signal: controller.signal,
    cancel: () => controller.abort(new Fault('JOB_CANCELLED')),
    onShare: (value) => {
      share = value;
    },
    release() {
      context.signal.removeEventListener('abort', onEnd);
      context.gone.removeEventListener('abort', onGone);
    },
  };
}
