/** One Transform over one file: transcode's own way of doing a job, with a folder in place of MinIO. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { createAdmit } from '../../functions/transcode/admit.ts';
import { runJob } from '../../functions/transcode/job.ts';
import { jobId } from '../../lib/events/job-id.ts';
import type { Requested, Succeeded } from '../../lib/events/types.ts';
import { loadCatalogue } from '../../lib/graph/index.ts';
import { createEngine } from '../../lib/gst/index.ts';
import type { RunProgress } from '../../lib/gst/types.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { createDirectoryStore, readManifest } from '../../lib/storage/index.ts';
import { debugFolder, type ResolvedTransform, sinkObjects } from '../../lib/transform/index.ts';
import { localSource, withSource } from './local-source.ts';

export interface OnceOptions {
  transform: ResolvedTransform;
  /** The media file. */
  input: string;
  /** Outputs go below it, as `<bucket>/<key>`. Made where it is not there. */
  folder: string;
  log: Logger;
  signal: AbortSignal;
  onProgress?(progress: RunProgress): void;
}

export interface OnceOutput {
  name: string;
  /** The file; of an output that is a folder, that folder, which ends in `/`. */
  path: string;
  bucket: string;
  key: string;
  /** Bytes; of all files together. */
  size: number;
  contentType?: string;
  /** Names of the files of a folder. */
  files?: string[];
}

export interface OnceResult {
  outputs: OnceOutput[];
  media: Succeeded['media'];
  timings: Succeeded['timings'];
  /** Branches that were cut because the input lacks their stream. */
  skippedStreams: string[];
  /** Sinks that got nothing, for every branch to them was cut. */
  skippedOutputs: string[];
  /** Where graphs and log are, if the Transform asks for them. */
  debug?: string;
}

/** @throws Fault; outputs are whole or not there, and nothing else is left in `folder` */
export async function runOnce({ transform, input, folder, log, signal, onProgress }: OnceOptions): Promise<OnceResult> {
  const source = await localSource(input, transform);
  const { elements, onMissingStream, limits, debug } = transform.pipeline;
  const run = ulid();
  const sinks = sinkObjects(transform.sinks, source.object);
  const request: Requested = {
    // a name of its own for each run: whoever runs it again wants it run again, and not the outputs that are there
    job: `${jobId(transform, source.object)}.${run}`,
    transform: transform.ref,
    chain: [],
    source: source.object,
    sinks,
    pipeline: { elements, onMissingStream, limits, ...(debug && { debug }) },
  };
  const { graph } = createAdmit({ allowedEndpoints: [], ceilings: limits, catalogue: loadCatalogue() })(request);
  const root = resolve(folder);
  makeFolder(root);
  const scratchDir = await mkdtemp(join(root, '.scratch-'));
  const outputs = createDirectoryStore(root);
  const store = withSource(outputs, source);
  const engine = createEngine({
    scratchRoot: scratchDir,
    readable: [source.path],
    spare: false,
    onWarning: (message) => log.debug(message),
  });
  const reporter = {
    async post() {},
    tell() {},
    progress: (progress: RunProgress) => onProgress?.(progress),
    async settled() {},
  };
  try {
    const deps = {
      store: async () => store,
      engine,
      scratchDir,
      uploadTimeout: limits.timeout,
      staleUploadAge: 2 * limits.timeout,
    };
    const done = await runJob(deps, { request, graph, limits, run, reporter, log, signal });
    const written = new Set(done.outputs.map(({ name }) => name));
    return {
      outputs: await Promise.all(done.outputs.map((output) => described(output, root, outputs))),
      media: done.media,
      timings: done.timings,
      skippedStreams: done.skippedStreams,
      skippedOutputs: sinks.flatMap(({ name }) => (written.has(name) ? [] : [name])),
      ...(debug && { debug: join(root, source.object.bucket, debugFolder(debug.dot?.path, source.object.key)) }),
    };
  } finally {
    await engine.close();
    await rm(scratchDir, { recursive: true, force: true });
  }
}

async function described(
  { name, bucket, key, size, contentType }: Succeeded['outputs'][number],
  root: string,
  store: ReturnType<typeof createDirectoryStore>,
): Promise<OnceOutput> {
  const path = join(root, bucket, key);
  if (!key.endsWith('/')) return { name, path, bucket, key, size, contentType };
  const manifest = await readManifest(store, bucket, key);
  const files = manifest?.files ?? [];
  return {
    name,
    path,
    bucket,
    key,
    size: files.reduce((sum, file) => sum + file.size, 0),
    files: files.map((file) => file.name),
  };
}
