/** Pipelines as pictures: of a Transform as written, and of a run at the moment that its debug output kept. */
import { renderDot } from '../../lib/graph/render.ts';
import type { ObjectStore } from '../../lib/storage/index.ts';
import { debugFolder, type ResolvedTransform } from '../../lib/transform/index.ts';
import type { JobObject } from './feed.ts';

export interface PictureDeps {
  /** The graph of the elements, as DOT. */
  dotOf: (transform: ResolvedTransform) => string;
  store: (transform: ResolvedTransform) => Promise<ObjectStore>;
}

export interface Pictures {
  /** SVG. */
  pipeline(transform: ResolvedTransform): Promise<Uint8Array>;
  /** SVG of the newest moment that was kept of the job; undefined where none was. */
  moment(transform: ResolvedTransform, job: JobObject): Promise<Uint8Array | undefined>;
}

/** Most pictures that are kept; the one that was wanted longest ago goes first. */
const mostKept = 64;
/** Largest DOT text that is drawn, in bytes: the time to lay out a graph grows faster than its size. */
const largestDot = 512 * 1024;
/** Newest files of a debug folder that are looked at, for one of this job. */
const mostLookedAt = 20;

export function createPictures({ dotOf, store }: PictureDeps): Pictures {
  const kept = new Map<string, Promise<Uint8Array>>();
  const drawn = (key: string, draw: () => Promise<Uint8Array>) => {
    const picture = kept.get(key) ?? draw();
    kept.delete(key);
    kept.set(key, picture);
    picture.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return picture;
  };

  return {
    pipeline: (transform) => drawn(JSON.stringify(transform.pipeline.elements), async () => renderDot(dotOf(transform), 'svg')),
    async moment(transform, job) {
      const { dot } = transform.pipeline.debug ?? {};
      const { bucket } = transform.source;
      if (dot === undefined) return undefined;
      const objects = await store(transform);
      const files = [];
      for await (const file of objects.list(bucket, debugFolder(dot.path, job.spec.src.name))) {
        if (file.key.endsWith('.dot') && file.size <= largestDot) files.push(file);
      }
      files.sort((a, b) => b.lastModified.getTime() - a.lastModified.getTime());
      // sources of one base name share the folder, so each file says whose it is
      for (const { key, etag } of files.slice(0, mostLookedAt)) {
        const stat = await objects.stat(bucket, key);
        if (stat?.metadata['gst-job'] !== job.metadata.name) continue;
        return drawn(`${bucket}/${key}/${etag}`, async () => {
          const text = await objects.get(bucket, key);
          return renderDot(Buffer.from(text ?? []).toString('utf8'), 'svg');
        });
      }
      return undefined;
    },
  };
}
