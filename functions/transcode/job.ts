/** One run: the source is looked at, the graph runs, the outputs become visible, and nothing is left behind. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { clock } from '../../lib/clock.ts';
import { Fault } from '../../lib/errors.ts';
import { longestChain } from '../../lib/events/index.ts';
import type { Endpoint, Limits, Requested, Succeeded } from '../../lib/events/types.ts';
import type { Graph } from '../../lib/graph/model.ts';
import type { Engine, RunObserver } from '../../lib/gst/types.ts';
import type { ObjectStore } from '../../lib/storage/types.ts';
import { inSpan, objectAttributes } from '../../lib/telemetry/index.ts';
import { createDebugKeeper } from './debug.ts';
import { finishedOutputs } from './finished.ts';
import { chainOf, marksOf, transformName } from './marks.ts';
import { createOutputs, type OutputSink } from './outputs.ts';
import type { Reporter } from './reporter.ts';
import { makeRunFolder } from './scratch.ts';
import { currentSource } from './source.ts';

export interface JobDeps {
  /** The store behind an endpoint, with the credentials that the namespace of a Transform may use. */
  store: (endpoint: Endpoint, namespace: string) => Promise<ObjectStore>;
  engine: Engine;
  /** Folder in which each run has one of its own. */
  scratchDir: string;
  /** Longest time from the end of the pipeline until the outputs are visible, in seconds. */
  uploadTimeout: number;
  /** Age after which an upload of the same key is surely that of a killed attempt, in seconds: no run and its upload last so long. */
  staleUploadAge: number;
  /** Called when all is loaded that a run needs: the client of the storage is the last of it. */
  onLoaded?: () => void;
}

export interface JobRun {
  request: Requested;
  /** Reads and checks the graph of the request. @throws Fault of class `permanent` */
  graph: () => Graph;
  /** In place of those of the request. */
  limits: Limits;
  run: string;
  reporter: Reporter;
  log: Logger;
  signal: AbortSignal;
  /** Told how far the run is: share of the known duration from 0 to 1. */
  onShare?: (share: number) => void;
  /** Nothing is made before. */
  mayBegin?: Promise<void>;
}

/** How much longer than the run's own limit the presigned address of the source is good for, in seconds. */
const readAccessMargin = 300;

/** @throws Fault of any class but `malformed` */
export async function runJob(deps: JobDeps, job: JobRun): Promise<Succeeded> {
  const { request, limits, run, log, signal } = job;
  const begun = clock();
  deps.engine.prepare(request.pipeline.elements.flatMap(({ name }) => name ?? []));
  const { namespace } = request.transform;
  const sourceStore = await deps.store(request.source.endpoint, namespace);
  const sinks: OutputSink[] = await Promise.all(
    request.sinks.map(async (sink) => ({ sink, store: await deps.store(sink.endpoint, namespace) })),
  );

  const checkedGraph = async () => job.graph();
  const [source, finished, graph] = await inSpan('prepare', { attributes: objectAttributes(request.source) }, () =>
    Promise.all([
      currentSource(sourceStore, request, signal),
      finishedOutputs(sinks, request, signal),
      checkedGraph(), // while storage is asked
      job.mayBegin,
    ]),
  );
  if (finished) return { job: request.job, run, outputs: finished, skippedStreams: [], reused: true };
  signal.throwIfAborted();

  const chain = chainOf(source, request);
  if (chain.includes(transformName(request.transform)) || chain.length >= longestChain) {
    throw new Fault('LOOP', { transform: transformName(request.transform), chain: chain.join(' → ') });
  }
  if (source.size === 0) throw new Fault('MEDIA_EMPTY');
  if (source.size > limits.inputBytes) throw new Fault('INPUT_TOO_LARGE', { size: source.size, limit: limits.inputBytes });

  const { bucket, key, etag, size } = request.source;
  job.reporter.tell('started', {
    job: request.job,
    run,
    transform: request.transform,
    source: { bucket, key, etag, size: source.size || size },
    sinks: request.sinks.map(({ name, bucket, key }) => ({ name, bucket, key })),
  });

  const scratch = join(deps.scratchDir, run);
  const outputs = createOutputs(sinks, marksOf(request, chain), scratch);
  const folders = outputs.targets.map(({ path }) => path).filter((path) => path.endsWith('/'));
  await makeRunFolder(scratch, folders);
  const debug = createDebugKeeper(request, run, sourceStore, log);
  let stale: Promise<unknown> | undefined;
  const abortStale = () => {
    stale ??= Promise.all(sinks.map(({ sink, store }) => store.abortStale(sink.bucket, sink.key, deps.staleUploadAge)))
      .catch((error: unknown) => log.warn({ err: error }, 'uploads of killed attempts not looked for'))
      .finally(deps.onLoaded);
  };
  const observer: RunObserver = {
    onPlaying({ skippedStreams, skippedOutputs }) {
      log.debug({ skippedStreams }, 'pipeline plays');
      outputs.begin(skippedOutputs);
      abortStale(); // not before: nothing waits for it, and the pipeline for what it would hold up
    },
    onProgress(progress) {
      if (progress.duration) job.onShare?.(progress.position / progress.duration);
      job.reporter.progress(progress);
    },
    onDot: debug.onDot,
    onLog: debug.onLog,
    onWarning: (message) => log.warn({ gst: message }, 'pipeline warning'),
  };

  const upload = deadlineFor(deps.uploadTimeout, signal, request);
  try {
    const access = await sourceStore.readAccess(bucket, key, {
      etag,
      versionId: source.versionId,
      seconds: limits.timeout + readAccessMargin,
    });
    const prepared = clock();
    const result = await deps.engine.run(
      {
        graph,
        source: access,
        object: { bucket, key },
        sourceSize: source.size,
        outputs: outputs.targets,
        onMissingStream: request.pipeline.onMissingStream,
        limits,
        debug: request.pipeline.debug,
        scratch,
      },
      observer,
      signal,
    );
    const played = clock();
    outputs.begin(result.skippedOutputs);
    upload.begin();
    await outputs.finish(upload.signal);

    // Looked at again at the last moment: If-Match guards the opening of a read, not what happens to the key meanwhile,
    // and another attempt at this very job may have finished first.
    const [, finishedMeanwhile] = await Promise.all([
      currentSource(sourceStore, request, upload.signal),
      finishedOutputs(sinks, request, upload.signal),
    ]);
    if (finishedMeanwhile) {
      await outputs.abort();
      return { job: request.job, run, outputs: finishedMeanwhile, skippedStreams: [], reused: true };
    }
    const stored = await outputs.complete(upload.signal);
    const ended = clock();
    return {
      job: request.job,
      run,
      outputs: stored,
      media: { input: result.input, outputs: result.outputs },
      timings: {
        prepare: (prepared - begun) / 1000,
        pipeline: (played - prepared) / 1000,
        upload: (ended - played) / 1000,
        total: (ended - begun) / 1000,
      },
      skippedStreams: result.skippedStreams,
      reused: false,
    };
  } catch (error) {
    await outputs.abort();
    throw error;
  } finally {
    upload.release();
    abortStale();
    await Promise.all([debug.settled(), stale]);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A signal that ends with `signal`, and some seconds after `begin`: another attempt may take the upload for dead from then on. */
function deadlineFor(
  seconds: number,
  signal: AbortSignal,
  { sinks }: Requested,
): { signal: AbortSignal; begin(): void; release(): void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: AbortSignal.any([signal, late.signal]),
    begin() {
      const key = sinks.map((sink) => sink.key).join(', ');
      const fault = new Fault('STORAGE_WRITE', { key, cause: `not done ${seconds} s after the pipeline had ended` });
      timer = setTimeout(() => late.abort(fault), seconds * 1000);
    },
    release: () => clearTimeout(timer),
  };
}
