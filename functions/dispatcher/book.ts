/** The Transforms that may be run, by what objects they match; each is checked once a version. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { clock } from '../../lib/clock.ts';
import type { Finding } from '../../lib/finding.ts';
import {
  createTransformIndex,
  type Resolved,
  type ResolvedTransform,
  type TransformIndex,
  type TransformResource,
} from '../../lib/transform/index.ts';

/** A resource, and what changes with its content. */
export interface Entry {
  resource: TransformResource;
  version: unknown;
}

export interface Book {
  match: TransformIndex['match'];
  /** How many may be run, and how many are at fault. */
  counts(): { valid: number; invalid: number };
  /**
   * Makes the book hold these and no others, one call at a time. Where two have the same name the first counts. Thousands
   * take seconds to check: events and probes are answered meanwhile.
   */
  update(entries: Iterable<Entry>): Promise<void>;
}

/** How long the checking goes on without a pause, in milliseconds. */
const slice = 20;

interface Known {
  version: unknown;
  transform: ResolvedTransform | undefined;
}

/** Every fault is logged when it is first seen; a Transform at fault is not in the index, and so never dispatched. */
export function createBook(resolve: (resource: TransformResource) => Resolved, log: Logger): Book {
  const index = createTransformIndex();
  const known = new Map<string, Known>();

  function check({ resource, version }: Entry): Known {
    const name = `${resource.namespace}/${resource.name}`;
    try {
      const { findings, transform } = resolve(resource);
      for (const finding of findings) logFinding(log, finding, name);
      return { version, transform };
    } catch (error) {
      // one that nobody foresaw must not keep the others from being read
      log.error({ err: error, transform: name }, 'Transform cannot be checked');
      return { version, transform: undefined };
    }
  }

  return {
    match: index.match,
    counts: () => ({ valid: index.size, invalid: known.size - index.size }),
    async update(entries) {
      const gone = new Map(known);
      const seen = new Set<string>();
      let changes = 0;
      let pause = clock() + slice;
      for (const entry of entries) {
        if (clock() > pause) {
          await nextTurn();
          pause = clock() + slice;
        }
        const { kind, namespace, name } = entry.resource;
        const id = `${kind}/${namespace}/${name}`;
        if (seen.has(id)) continue;
        seen.add(id);
        gone.delete(id);
        if (known.get(id)?.version === entry.version) continue;
        const next = check(entry);
        known.set(id, next);
        changes++;
        if (next.transform) index.set(next.transform);
        else index.delete({ kind, namespace, name });
      }
      for (const [id, { transform }] of gone) {
        known.delete(id);
        if (transform) index.delete(transform.ref);
      }
      if (changes + gone.size > 0) log.info({ valid: index.size, invalid: known.size - index.size }, 'Transforms read');
    },
  };
}

export function logFinding(log: Logger, { severity, rule, path, message, file, line }: Finding, transform?: string): void {
  const at = file === undefined ? undefined : line === undefined ? file : `${file}:${line}`;
  const fault = severity === 'error';
  log[fault ? 'warn' : 'info'](
    { transform, at, path, rule },
    `${fault ? 'fault in a Transform' : 'advice on a Transform'}: ${message}`,
  );
}
