/** Globals under a source or a sink; every field remembers where it was written. */
import { type Findings, formatPath, type Path } from '../../finding.ts';
import { nearestName } from '../../nearest.ts';
import type { MinioFields, StoreFields } from '../schema/minio.ts';
import type { SpecFields } from '../schema/transform.ts';

export interface Merged {
  fields: Partial<MinioFields>;
  /** Where the field was written; where it should be, if nowhere. */
  pathOf: (field: keyof MinioFields) => Path;
  /** Tells that nobody wrote the field, unless a fault that explains it has been told already. */
  tellMissing: (field: keyof MinioFields) => void;
}

/** An empty text counts as left out, as it does in the seed. */
export function mergeGlobals(spec: SpecFields, own: StoreFields | undefined, path: Path, findings: Findings): Merged {
  const common = present(spec.globals?.minio);
  const mine = present(own?.minio);
  const ownPath = [...path, 'minio'];
  const globalPath = ['spec', 'globals', 'minio'];
  const failed = (field: keyof MinioFields): boolean =>
    [
      [...ownPath, field],
      [...globalPath, field],
    ].some((at) => findings.failed(at) || misspelt(at, findings)) ||
    [ownPath, globalPath, path, globalPath.slice(0, 2), ['spec']].some((at) => toldAt(at, findings) || misspelt(at, findings)) ||
    // it stands a step or two further out
    [path, globalPath.slice(0, 2), ['spec']].some((at) => toldAt([...at, field], findings));
  return {
    fields: { ...common, ...mine },
    pathOf: (field) => [...(field in mine || !(field in common) ? ownPath : globalPath), field],
    tellMissing(field) {
      if (failed(field)) return;
      // what source and sinks all lack is one thing to write
      if (storesOf(spec).some((store) => field in present(store?.minio)))
        findings.error('missing', [...ownPath, field], `no ${field}: set it here, or in spec.globals.minio for all`);
      else
        findings.error(
          'missing',
          [...globalPath, field],
          `no ${field}: set it in spec.globals.minio, for source and sinks alike`,
        );
    },
  };
}

function storesOf({ src, sink, sinks, video, audio }: SpecFields): Array<StoreFields | undefined> {
  return [src, sink, video, audio, ...Object.values(sinks ?? {})];
}

/** True where an error was told of this very place: what it holds was not looked at. */
export function toldAt(path: Path, { all }: Findings): boolean {
  const place = formatPath(path);
  return all.some(({ severity, path: told }) => severity === 'error' && told === place);
}

/** True where an unknown field beside it was told, and this one was probably meant: it is not missing as well. */
export function misspelt(path: Path, { all }: Findings): boolean {
  const name = String(path.at(-1));
  const beside = `${formatPath(path.slice(0, -1))}.`;
  return all.some(({ rule, path: told }) => {
    if (rule !== 'unknown-field' || !told.startsWith(beside)) return false;
    return nearestName(told.slice(beside.length), [name]) === name;
  });
}

function present(fields: Partial<MinioFields> | undefined): Partial<MinioFields> {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined && value !== ''));
}
