/** A resource as written to a Transform as run: globals, defaults, ceilings; every fault at once. */

import type { Finding } from '../../finding.ts';
import { collectFindings, type Findings, inOrder } from '../../finding.ts';
import type { Catalogue } from '../../graph/catalogue/types.ts';
import type { TransformResource } from '../document/resource.ts';
import { checkSchema } from '../schema/check.ts';
import type { ResolvedTransform } from '../types.ts';
import { checkExact } from './exact.ts';
import { checkDotPath, checkOutputs } from './key-template.ts';
import { type Ceilings, defaultCeilings } from './limits.ts';
import { resolvePipeline } from './pipeline.ts';
import { runnerOf } from './runner.ts';
import { resolveSinks } from './sinks.ts';
import { checkSize } from './size.ts';
import { resolveSource } from './source.ts';
import { workOf } from './work.ts';

export { defaultCeilings };

export interface ResolveOptions extends Partial<Ceilings> {
  /** ALLOWED_ENDPOINTS; empty or absent: any. */
  allowedEndpoints?: readonly string[];
  /** What the installed GStreamer has: without it elements and properties are not looked up. */
  catalogue?: Catalogue;
}

export interface Resolved {
  /** Absent where a finding is an error. */
  transform?: ResolvedTransform;
  /** In the order of the file. */
  findings: Finding[];
}

export function resolve(resource: TransformResource, options: ResolveOptions = {}): Resolved {
  const findings = collectFindings(resource.place);
  const transform = build(resource, options, findings);
  const told = inOrder(once(findings.all.filter((finding) => !isExplained(finding, findings))));
  return told.some(({ severity }) => severity === 'error') ? { findings: told } : { transform, findings: told };
}

function build(
  resource: TransformResource,
  { allowedEndpoints = [], catalogue, ...asked }: ResolveOptions,
  findings: Findings,
): ResolvedTransform {
  const { kind, namespace, name, value, plain } = resource;
  const spec = checkSchema(resource, findings);
  checkExact(value.spec, ['spec'], findings);
  const source = resolveSource(spec, allowedEndpoints, findings);
  const placed = resolveSinks(spec, kind, allowedEndpoints, findings);
  const sinks = placed.map(({ sink }) => sink);
  const outlets = sinks.map(({ name: sink, keyTemplate }) => ({ name: sink, directory: keyTemplate.endsWith('/') }));
  const ceilings = { ...defaultCeilings, ...present(asked) };
  const pipeline = resolvePipeline(spec, { ceilings, outlets, catalogue, plain }, findings);
  const transform: ResolvedTransform = {
    ref: { kind, namespace, name },
    source,
    sinks,
    pipeline,
    execution: spec.execution ?? 'service',
    suspend: spec.suspend ?? false,
    runner: runnerOf(pipeline.image, pipeline.resources),
    work: workOf({ source, sinks, pipeline }),
  };
  // these look at the whole, which makes sense only where its parts do
  const matches = !source.prefix.startsWith('/'); // else told: no object has such a key
  if (matches && !findings.failed(['spec', 'src']) && !findings.failed(['spec', 'globals'])) {
    checkOutputs(transform, placed, findings);
    checkDotPath(transform, findings);
  }
  checkSize(transform, findings);
  return transform;
}

function present<Settings extends object>(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Settings;
}

/** That a field counts as left out needs no word where an error says that it must be there. */
function isExplained(finding: Finding, { all }: Findings): boolean {
  if (finding.rule !== 'empty' || finding.severity === 'error') return false;
  return all.some(({ severity, path }) => severity === 'error' && path === finding.path);
}

/** A fault in globals shows in each place that they reach. */
function once(findings: Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const id = JSON.stringify([finding.rule, finding.path, finding.message]);
    return !seen.has(id) && seen.add(id);
  });
}
