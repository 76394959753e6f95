/** Transforms from files, with all that is wrong with them: what `validate` tells and `run` and `graph` begin with. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { settings as transcodeSettings } from '../functions/transcode/settings.ts';
import { type Finding, inOrder } from '../lib/finding.ts';
import { loadCatalogue } from '../lib/graph/index.ts';
import { readSettings } from '../lib/runtime/settings.ts';
import { findTwins, type TransformResource } from '../lib/transform/document/resource.ts';
import { checkTogether, parseTransforms, type ResolvedTransform, type ResolveOptions, resolve } from '../lib/transform/index.ts';
import { UsageError } from './exit.ts';

export interface ReadTransforms {
  /** Those without an error. */
  transforms: ResolvedTransform[];
  /** In the order of the files, then of their lines. */
  findings: Finding[];
  files: number;
  /** Transforms and SplitTransforms, good and bad. */
  resources: number;
}

const yaml = /\.ya?ml$/i;

/** The files among `paths`, and those below the folders among them, in order. A path that leads nowhere is a finding. */
async function yamlFiles(paths: readonly string[], findings: Finding[]): Promise<string[]> {
  const tell = (file: string, rule: string, message: string) =>
    findings.push({ severity: 'error', rule, path: '', message, file });
  const files: string[] = [];
  for (const path of paths) {
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) tell(path, 'no-such-file', 'there is no such file or folder');
    else if (stats.isDirectory()) {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const found = entries
        .filter((entry) => entry.isFile() && yaml.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name));
      if (found.length === 0) tell(path, 'no-such-file', 'the folder holds no .yaml and no .yml file');
      files.push(...found.sort());
    } else files.push(path);
  }
  return [...new Set(files)];
}

/** Never rejects for what is in the files: every fault of all of them is a finding. */
export async function readTransforms(paths: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<ReadTransforms> {
  const findings: Finding[] = [];
  const files = await yamlFiles(paths, findings);
  const options = resolveOptions(env);
  const resources: TransformResource[] = [];
  const places = new Map<ResolvedTransform, TransformResource>();
  for (const file of files) {
    const own: Finding[] = [];
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      own.push({ severity: 'error', rule: 'no-such-file', path: '', message: `cannot be read: ${error.code}`, file });
      return '';
    });
    const parsed = parseTransforms(text, { file });
    own.push(...parsed.findings);
    for (const resource of parsed.resources) {
      const { transform, findings: told } = resolve(resource, options);
      own.push(...told);
      if (transform) places.set(transform, resource);
    }
    resources.push(...parsed.resources);
    findings.push(...inOrder(own));
  }
  const transforms = [...places.keys()];
  const place = (transform: ResolvedTransform) => places.get(transform)?.place(['spec']);
  findings.push(...checkTogether(transforms, place), ...findTwins(resources));
  return { transforms, findings: byFile(findings, [...paths, ...files]), files: files.length, resources: resources.length };
}

/** The ceilings and the endpoints of an installation, where the environment tells them: those of transcode. */
function resolveOptions(env: NodeJS.ProcessEnv): ResolveOptions {
  const { maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes, allowedEndpoints } = transcodeSettings;
  const read = readSettings({ maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes, allowedEndpoints }, env);
  return { ...read, allowedEndpoints: read.allowedEndpoints ?? [], catalogue: loadCatalogue() };
}

/** Each finding once; those of one file together. */
function byFile(findings: Finding[], files: string[]): Finding[] {
  const seen = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  const order = new Map(files.map((file, index) => [file, index]));
  const rank = ({ file }: Finding) => order.get(file ?? '') ?? -1;
  return inOrder([...seen.values()]).sort((a, b) => rank(a) - rank(b));
}

/** `file:line:column severity path message [rule]`, which editors and terminals make a link of. */
export function formatFinding({ file, line, column, severity, path, message, rule }: Finding): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [place, severity, path, message, `[${rule}]`].filter((part) => part !== '').join(' ');
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
  const names = transforms.map(({ ref }) => ref.name).join(', ');
  if (resources === 0) throw new UsageError(`${path} holds no Transform`);
  throw new UsageError(`${path} holds ${names}: say which by --name`);
}
