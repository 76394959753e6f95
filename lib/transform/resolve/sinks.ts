/** Where the outputs of a Transform go. */
import type { TransformRef } from '../../events/types.ts';
import type { Findings, Path } from '../../finding.ts';
import type { StoreFields } from '../schema/minio.ts';
import type { SpecFields } from '../schema/transform.ts';
import type { ResolvedSink } from '../types.ts';
import { resolveBucket } from './bucket.ts';
import { resolveEndpoint } from './endpoint.ts';
import { checkKeyTemplate } from './key-template.ts';
import { type Merged, mergeGlobals, misspelt, toldAt } from './merge.ts';

/** Name of the output of a Transform with a single sink. */
const singleSink = 'out';
/** Most outputs of one Transform. */
const mostSinks = 32;
const sinkName = /^[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?$/;
/** S3 takes 2 KB of user metadata; the rest is for the marks of this system. */
const mostMetadata = 1024;

export interface PlacedSink {
  sink: ResolvedSink;
  /** Where the sink stands in the resource. */
  path: Path;
  /** Where its key was written, or should be. */
  keyPath: Path;
}

export function resolveSinks(
  spec: SpecFields,
  kind: TransformRef['kind'],
  allowed: readonly string[],
  findings: Findings,
): PlacedSink[] {
  const written = kind === 'SplitTransform' ? splitSinks(spec, findings) : namedSinks(spec, findings);
  return written.map(({ name, store, path }) => {
    const merged = mergeGlobals(spec, store, path, findings);
    const { key = '', contentType, cacheControl, metadata, overwrite } = merged.fields;
    checkHeaders(merged, findings);
    if (store?.minio?.exclude !== undefined)
      findings.warning('no-effect', [...path, 'minio', 'exclude'], 'exclude has no effect on a sink');
    const sink: ResolvedSink = {
      name,
      endpoint: resolveEndpoint(merged, allowed, findings),
      bucket: resolveBucket(merged, findings),
      keyTemplate: key,
      ...(contentType !== undefined && { contentType }),
      ...(cacheControl !== undefined && { cacheControl }),
      ...(metadata !== undefined && Object.keys(metadata).length > 0 && { metadata }),
      overwrite: overwrite ?? false,
    };
    const keyPath = merged.pathOf('key');
    checkKeyTemplate(key, keyPath, findings);
    return { sink, path, keyPath };
  });
}

interface WrittenSink {
  name: string;
  store: StoreFields | undefined;
  path: Path;
}

function splitSinks({ video, audio }: SpecFields, findings: Findings): WrittenSink[] {
  const sinks = Object.entries({ video, audio }).map(([name, store]) => ({ name, store, path: ['spec', name] }));
  const used = sinks.filter(({ store }) => store !== undefined);
  if (used.length === 0 && !sinks.some(({ path }) => lackIsTold(path, findings))) {
    findings.error('missing', ['spec', 'video'], 'a SplitTransform has `video`, or `audio`, or both; found neither');
  }
  return used;
}

function namedSinks({ sink, sinks }: SpecFields, findings: Findings): WrittenSink[] {
  if (sinks === undefined) {
    if (
      sink === undefined &&
      ![
        ['spec', 'sink'],
        ['spec', 'sinks'],
      ].some((path) => lackIsTold(path, findings))
    ) {
      findings.error('missing', ['spec', 'sink'], 'no sink: say where the output goes, by `sink`, or by `sinks` for several');
    }
    return sink === undefined ? [] : [{ name: singleSink, store: sink, path: ['spec', 'sink'] }];
  }
  const names = Object.keys(sinks);
  if (sink !== undefined)
    findings.error(
      'exclusive',
      ['spec', 'sinks'],
      '`sink` and `sinks` exclude each other: move `sink` into `sinks` under a name',
    );
  if (names.length === 0)
    findings.error('missing', ['spec', 'sinks'], '`sinks` is empty: name at least one, such as `video: {minio: …}`');
  if (names.length > mostSinks) findings.error('out-of-range', ['spec', 'sinks'], `${names.length} sinks; at most ${mostSinks}`);
  return names.map((name) => {
    const path = ['spec', 'sinks', name];
    if (!sinkName.test(name))
      findings.error(
        'sink-name-invalid',
        path,
        `\`${name}\`: a sink's name has at most 40 lower-case letters, digits and dashes`,
      );
    return { name, store: sinks[name], path };
  });
}

/** It is not there because what stands there is at fault, or has another name, or is that of the other kind. */
function lackIsTold(path: Path, findings: Findings): boolean {
  const ofEither = ['sink', 'sinks', 'video', 'audio'].map((name) => ['spec', name]);
  return [['spec'], path, ...ofEither].some((place) => toldAt(place, findings)) || misspelt(path, findings);
}

const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"\r\n]*"))*$/;
const headerName = /^[a-z0-9][a-z0-9_.-]*$/i;
const headerValue = /^[\x20-\x7e]*$/;

function checkHeaders({ fields, pathOf }: Merged, findings: Findings): void {
  const { contentType, cacheControl, metadata = {} } = fields;
  if (contentType !== undefined && !mediaType.test(contentType)) {
    findings.error('not-allowed', pathOf('contentType'), `\`${contentType}\` is no media type, such as video/mp4`);
  }
  if (cacheControl !== undefined && !headerValue.test(cacheControl)) {
    findings.error('not-allowed', pathOf('cacheControl'), 'a header has printable ASCII characters only');
  }
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata)) {
    const path = [...pathOf('metadata'), name];
    bytes += name.length + Buffer.byteLength(value);
    if (!headerName.test(name))
      findings.error('not-allowed', path, `\`${name}\` is no name of metadata: letters, digits, dashes, dots and underscores`);
    else if (/^gst-/i.test(name))
      findings.error('reserved', path, `\`${name}\`: names that begin with gst- mark the outputs of this system`);
    else if (/^x-amz-meta-/i.test(name))
      findings.error('not-allowed', path, `write \`${name.slice(11)}\`: x-amz-meta- is put before it`);
  }
  if (bytes > mostMetadata)
    findings.error('too-large', pathOf('metadata'), `the metadata has ${bytes} bytes; at most ${mostMetadata}`);
}
