/** Keys of outputs: rendered from their templates, and refused where no object should be written. */
import { Fault } from '../errors.ts';
import type { ObjectRef, SinkObject } from '../events/types.ts';
import { keyFault } from './key-fault.ts';
import { compileKeyTemplate } from './template/compile.ts';
import type { TemplateSource } from './template/context.ts';
import { basePath } from './template/functions/paths.ts';
import type { ResolvedSink } from './types.ts';

/** Stands for a key that a template does not give. */
export const noKey = 'no key';
/** Characters of a key that are told. */
const maxTold = 200;

/**
 * The key that `sink` gives the source. An empty template means the base name of the source.
 *
 * @throws Fault OUTPUT_KEY_INVALID
 */
export function outputKey(sink: Pick<ResolvedSink, 'name' | 'keyTemplate'>, source: TemplateSource): string {
  let key: string;
  try {
    key = sink.keyTemplate === '' ? basePath(source.key) : compileKeyTemplate(sink.keyTemplate).render(source);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Fault('OUTPUT_KEY_INVALID', { sink: sink.name, key: noKey, cause }, { cause: error });
  }
  refuse(sink.name, key, keyFault(key));
  return key;
}

/** Source and sinks of one object, as far as their places go. */
export type Placed = Pick<ObjectRef, 'bucket' | 'key'> & { endpoint: Pick<ObjectRef['endpoint'], 'address'> };

/**
 * Holds finished keys to the rules once more, and to each other.
 *
 * @throws Fault OUTPUT_KEY_INVALID
 */
export function checkOutputKeys(sinks: ReadonlyArray<Placed & { name: string }>, source: Placed): void {
  const taken = new Map<string, string>();
  for (const sink of sinks) {
    refuse(
      sink.name,
      sink.key,
      keyFault(sink.key) ?? (placeOf(sink) === placeOf(source) ? 'it is the source itself' : undefined),
    );
    const other = taken.get(placeOf(sink));
    refuse(sink.name, sink.key, other === undefined ? undefined : `sink ${other} has the same`);
    taken.set(placeOf(sink), sink.name);
  }
}

/**
 * The sinks of a Transform with the keys that the source gives them.
 *
 * @throws Fault OUTPUT_KEY_INVALID
 */
export function sinkObjects(
  sinks: readonly ResolvedSink[],
  source: TemplateSource & { endpoint: Placed['endpoint'] },
): SinkObject[] {
  const objects = sinks.map((sink) => {
    const { keyTemplate: _, ...rest } = sink;
    return { ...rest, key: outputKey(sink, source) };
  });
  checkOutputKeys(objects, source);
  return objects;
}

function placeOf({ endpoint, bucket, key }: Placed): string {
  return JSON.stringify([endpoint.address, bucket, key]);
}

function refuse(sink: string, key: string, cause: string | undefined): void {
  if (cause !== undefined)
    throw new Fault('OUTPUT_KEY_INVALID', {
      sink,
      key: JSON.stringify(key.length > maxTold ? `${key.slice(0, maxTold)}…` : key),
      cause: `it ${cause}`.replace(/^it (it|sink) /, '$1 '),
    });
}
