/** Transforms from files, with all that is wrong with them: what `validate` tells and `run` and `graph` begin with. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve as resolvePath } from 'node:path';
import { text } from 'node:stream/consumers';
import { settings as transcodeSettings } from '../functions/transcode/settings.ts';
import { type Finding, inOrder } from '../lib/finding.ts';
import { meant } from '../lib/nearest.ts';
import { readSettings } from '../lib/runtime/settings.ts';
import { findTwins, type TransformResource } from '../lib/transform/document/resource.ts';
import {
  checkTogether,
  type ParsedTransforms,
  parseTransforms,
  type ResolvedTransform,
  type ResolveOptions,
  resolve,
} from '../lib/transform/index.ts';
import { pathCause, UsageError } from './exit.ts';
import { knownElements } from './known-elements.ts';

export interface ReadTransforms {
  /** Those without an error. */
  transforms: ResolvedTransform[];
  /** In the order of the files, then of their lines. */
  findings: Finding[];
  files: number;
  /** Transforms and SplitTransforms, good and bad. */
  resources: number;
}

/** Names of files that hold YAML. */
export const yaml = /\.ya?ml$/i;
/** As those who watch a folder have it; a mounted ConfigMap has its files in such a folder, and links to them. */
const draft = /(^|\/)\./;

/** In place of a file: what is piped into the command. */
const standardInput = '-';

/** The file at `path`, or those below the folder, in order. A path that leads nowhere is a finding. */
async function yamlFiles(path: string, findings: Finding[]): Promise<string[]> {
  const tell = (message: string) => findings.push({ severity: 'error', rule: 'no-such-file', path: '', message, file: path });
  if (path === standardInput) return [path];
  if (path === '') {
    tell('the name of the file is empty: is a variable of the shell not set?');
    return [];
  }
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const found = entries
      .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && yaml.test(entry.name)) // a pipe would be waited for
      .map((entry) => relative(path, join(entry.parentPath, entry.name)))
      .filter((name) => !draft.test(name))
      .map((name) => join(path, name));
    if (found.length === 0) tell('the folder holds no .yaml and no .yml file');
    return found.sort();
  } catch (error) {
    const { path: where = path } = error as NodeJS.ErrnoException;
    tell(`${where === path ? '' : `${where}: `}${causeOf(error)}`);
    return [];
  }
}

const causeOf = (error: unknown): string => pathCause(error) ?? `cannot be read: ${(error as Error).message}`;

/** Never rejects for what is in the files: every fault of all of them is a finding. */
export async function readTransforms(paths: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<ReadTransforms> {
  const findings: Finding[] = [];
  const options = resolveOptions(env);
  const resources: TransformResource[] = [];
  const places = new Map<ResolvedTransform, TransformResource>();
  const files = new Map<string, string>(); // by what they are, whichever way they are spelt
  for (const path of paths) {
    const read: ParsedTransforms[] = [];
    const before = findings.length;
    for (const file of await yamlFiles(path, findings)) {
      if (files.has(resolvePath(file))) continue;
      files.set(resolvePath(file), file);
      const own: Finding[] = [];
      const parsed = parseTransforms(await readText(file, own), { file });
      read.push(parsed);
      own.push(...parsed.findings);
      for (const resource of parsed.resources) {
        const { transform, findings: told } = resolve(resource, options);
        own.push(...told);
        if (transform) places.set(transform, resource);
      }
      resources.push(...parsed.resources);
      findings.push(...inOrder(own));
    }
    if (read.length > 0 && findings.length === before && !read.some((parsed) => parsed.resources.length > 0))
      findings.push(withoutTransform(path, read));
  }
  const transforms = [...places.keys()];
  const place = (transform: ResolvedTransform) => places.get(transform)?.place(['spec']);
  findings.push(...checkTogether(transforms, place), ...findTwins(resources));
  const all = byFile(findings, [...paths, ...files.values()]);
  return { transforms, findings: all, files: files.size, resources: resources.length };
}

async function readText(file: string, findings: Finding[]): Promise<string> {
  try {
    return await (file === standardInput ? text(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    findings.push({ severity: 'error', rule: 'no-such-file', path: '', message: causeOf(error), file });
    return '';
  }
}

/**
 * Whoever names a path means that there is a Transform. Where there is nothing at all, something went wrong before: a chart
 * that could not be rendered would else pass.
 */
function withoutTransform(path: string, read: readonly ParsedTransforms[]): Finding {
  const kinds = new Set(read.flatMap(({ others }) => others.map(({ kind }) => kind)));
  const see = path === standardInput ? ': see what the command before it said' : '';
  const message =
    kinds.size === 0
      ? `there is nothing in it, where a Transform is expected${see}`
      : `there is no Transform here, but ${[...kinds].join(', ')}`;
  return { severity: kinds.size === 0 ? 'error' : 'warning', rule: 'no-transform', path: '', message, file: path };
}

/** The ceilings and the endpoints of an installation, where the environment tells them: those of transcode. */
function resolveOptions(env: NodeJS.ProcessEnv): ResolveOptions {
  const { maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes, allowedEndpoints } = transcodeSettings;
  const read = readSettings({ maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes, allowedEndpoints }, env);
  return { ...read, allowedEndpoints: read.allowedEndpoints ?? [], catalogue: knownElements() };
}

/** Each finding once; those of one file together. */
function byFile(findings: Finding[], files: string[]): Finding[] {
  const seen = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  const order = new Map(files.map((file, index) => [file, index]));
  const rank = ({ file }: Finding) => order.get(file ?? '') ?? -1;
  return inOrder([...seen.values()]).sort((a, b) => rank(a) - rank(b));
}

/** What a terminal would act on, rather than show. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\x00-\x1f\x7f-\x9f]/g;
const visible = (text: string) => text.replace(control, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** `file:line:column severity path message [rule]`, which editors and terminals make a link of. */
export function formatFinding({ file, line, column, severity, path, message, rule }: Finding): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return visible([place, severity, path, message, `[${rule}]`].filter((part) => part !== '').join(' '));
}

/**
 * The Transform in a file; `name` tells which, where there are several.
 *
 * @throws UsageError where there is none, or where it is at fault: then with all findings
 */
export async function readTransform(
  path: string,
  name: string | undefined,
): Promise<{ transform: ResolvedTransform; warnings: Finding[] }> {
  const { transforms, findings, resources } = await readTransforms([path]);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const wanted = transforms.filter(({ ref }) => name === undefined || ref.name === name);
  const [transform, other] = wanted;
  // another Transform of the file may be at fault: that is no matter of the one that is asked for
  if (transform && other === undefined && (errors.length === 0 || name !== undefined)) {
    return { transform, warnings: findings.filter(({ severity }) => severity === 'warning') };
  }
  if (errors.length > 0) {
    const lines = errors.map((finding) => `  ${formatFinding(finding)}`);
    throw new UsageError(`the Transform cannot be used:\n${lines.join('\n')}`, errors);
  }
  if (resources === 0) throw new UsageError(`${path === standardInput ? 'standard input' : path} holds no Transform`);
  const names = transforms.map(({ ref }) => ref.name);
  if (name === undefined || other) throw new UsageError(`${path} holds ${names.join(', ')}: say which by --name`);
  throw new UsageError(`${path} holds no Transform ${name}, but ${names.join(', ')}${meant(name, names)}`);
}
