/** What a key template does, seen before any object comes: by rendering it for objects that could. */
import { Fault } from '../../errors.ts';
import type { Findings, Path } from '../../finding.ts';
import { keyFault } from '../key-fault.ts';
import { createTransformIndex } from '../match/transform-index.ts';
import { noKey, outputKey } from '../output-key.ts';
import { compileKeyTemplate } from '../template/compile.ts';
import type { TemplateSource } from '../template/context.ts';
import type { ResolvedSink, ResolvedTransform } from '../types.ts';
import type { PlacedSink } from './sinks.ts';

/** Tells what is wrong with the template itself. */
export function checkKeyTemplate(template: string, path: Path, findings: Findings): void {
  for (const { rule, message, at, line, column } of compileKeyTemplate(template).findings) {
    const where = `${line > 1 ? `line ${line}, ` : ''}character ${column} of the template`;
    findings.error(rule, path, `${message} (${where})`, findings.place([...path, at]));
  }
}

const extensions = [
  'mkv',
  'mov',
  'mp4',
  'webm',
  'avi',
  'ts',
  'mpg',
  'wav',
  'mp3',
  'flac',
  'ogg',
  'm4a',
  'jpg',
  'png',
  'gif',
  'srt',
  'json',
  'txt',
];

/** An object that the Transform would take. */
export function probe(
  { source }: Pick<ResolvedTransform, 'source'>,
  name: string,
): TemplateSource & { endpoint: { address: string } } {
  const key = source.prefix + name;
  return {
    endpoint: source.endpoint,
    bucket: source.bucket,
    key,
    etag: `0123456789abcdef-${key}`,
    eventTime: '2024-05-06T07:08:09.000Z',
  };
}

/** Names of objects that the Transform takes: `a.<ext>` for each extension that its expressions let through. */
export function probeNames(transform: ResolvedTransform, folder = ''): string[] {
  const index = createTransformIndex([{ ...transform, suspend: false }]);
  const { bucket } = transform.source;
  return extensions
    .map((ext) => `${folder}a.${ext}`)
    .filter((name) => index.match({ bucket, key: transform.source.prefix + name, size: 1 }).length > 0);
}

/** Keys that no object can be written to, keys that several sources share, keys that come back as sources. */
export function checkOutputs(transform: ResolvedTransform, sinks: PlacedSink[], findings: Findings): void {
  const taken = new Map<string, string>();
  for (const { sink, keyPath, path } of sinks) {
    if (findings.failed(keyPath)) continue;
    const probes = probesOf(sink, transform, keyPath, findings);
    if (!probes) continue;
    const { first, found } = probes;
    const place = JSON.stringify([sink.endpoint.address, sink.bucket, found]);
    const other = taken.get(place);
    if (other !== undefined)
      findings.error(
        'key-shared',
        keyPath,
        `sinks ${other} and ${sink.name} write to the same key, \`${found}\` for ${quote(transform, first)}`,
      );
    taken.set(place, sink.name);
    checkDistinct(sink, transform, probes, keyPath, findings);
    checkLoop(sink, transform, found, keyPath, findings);
    if (sink.keyTemplate.endsWith('/') !== found.endsWith('/')) {
      findings.warning(
        'template-folder',
        keyPath,
        'whether this key is a folder depends on the source: end the template itself in "/", or not',
      );
    }
    if (found.endsWith('/') && sink.contentType !== undefined) {
      findings.warning(
        'no-effect',
        [...path, 'minio', 'contentType'],
        'each file of a folder has the content type of its own extension',
      );
    }
  }
}

interface Probes {
  /** Name of a source that the template gives a key, of another in its folder, and of one in a folder below. */
  first: string;
  second: string | undefined;
  inFolder: string | undefined;
  /** Key of the first. */
  found: string;
  render: (name: string) => string | { fault: string };
}

/** A template may refuse some sources (`fail`); one that gives no key to any that is tried is at fault. */
function probesOf(sink: ResolvedSink, transform: ResolvedTransform, keyPath: Path, findings: Findings): Probes | undefined {
  const render = (name: string) => keyOf(sink, transform, name);
  const names = probeNames(transform);
  const tried = (names.length > 0 ? names : ['a.mkv']).map((name) => ({ name, key: render(name) }));
  const good = tried.filter((probe): probe is { name: string; key: string } => typeof probe.key === 'string');
  const [bad] = tried.flatMap(({ name, key }) => (typeof key === 'string' ? [] : [{ name, ...key }]));
  const [first, second] = good;
  if (bad) {
    const tell = first ? findings.warning : findings.error;
    tell('key-invalid', keyPath, `for ${quote(transform, bad.name)}: ${bad.fault}`);
  }
  if (!first) return undefined;
  const [inFolder] = probeNames(transform, 'x/');
  return { first: first.name, second: second?.name, inFolder, found: first.key, render };
}

function checkDistinct(
  sink: ResolvedSink,
  transform: ResolvedTransform,
  { first, second, inFolder, found, render }: Probes,
  keyPath: Path,
  findings: Findings,
): void {
  if (sink.overwrite) return;
  const same = [second, inFolder].filter((name): name is string => name !== undefined && render(name) === found);
  if (same.length === 0) return;
  const names = [first, ...same].map((name) => quote(transform, name));
  const listed = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  findings.warning(
    'template-ambiguous',
    keyPath,
    `${listed} give the same key, \`${found}\`: whichever comes later fails with OUTPUT_COLLISION; tell them apart by .SrcExt and .SrcDir, or set overwrite: true`,
  );
}

function checkLoop(sink: ResolvedSink, transform: ResolvedTransform, found: string, keyPath: Path, findings: Findings): void {
  const index = createTransformIndex([{ ...transform, suspend: false }]);
  const key = found.endsWith('/') ? `${found}file` : found;
  if (index.match({ endpoint: sink.endpoint.address, bucket: sink.bucket, key, size: 1 }).length === 0) return;
  findings.warning(
    'loop',
    keyPath,
    `the output, \`${found}\`, lies under the watched prefix \`${transform.source.prefix || '/'}\`: it is an event, which the loop rule skips; write elsewhere, or exclude it`,
  );
}

/** The DOT files of a run must not be objects to run. */
export function checkDotPath(transform: ResolvedTransform, findings: Findings): void {
  const { debug } = transform.pipeline;
  if (!debug?.dot) return;
  const { bucket } = transform.source;
  const folder = debug.dot.path.replace(/\/*$/, debug.dot.path === '' ? '' : '/');
  const [first = 'a.mkv'] = probeNames(transform);
  const key = `${folder}${first}_debug/pipeline.dot`;
  const index = createTransformIndex([{ ...transform, suspend: false }]);
  if (keyFault(key) !== undefined || index.match({ bucket, key, size: 1 }).length === 0) return;
  const path = ['spec', 'pipeline', 'debug', 'dot', 'path'];
  findings.warning(
    'loop',
    path,
    `graphs, such as \`${key}\`, lie under the watched prefix \`${transform.source.prefix || '/'}\`: each is an event; write them elsewhere, or exclude them`,
  );
}

function keyOf(sink: ResolvedSink, transform: ResolvedTransform, name: string): string | { fault: string } {
  const source = probe(transform, name);
  try {
    const key = outputKey(sink, source);
    const itself = key === source.key && sink.bucket === source.bucket && sink.endpoint.address === source.endpoint.address;
    return itself ? { fault: 'the output would replace its own source' } : key;
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** Without the words that tell of a job that failed. */
function faultOf(error: unknown): string {
  if (!(error instanceof Fault)) return error instanceof Error ? error.message : String(error);
  const { key, cause } = error.details;
  return key === noKey ? String(cause) : `${key} cannot be used: ${cause}`;
}

function quote({ source }: ResolvedTransform, name: string): string {
  return `\`${source.prefix}${name}\``;
}
