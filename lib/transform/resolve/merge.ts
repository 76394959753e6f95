/** Globals under a source or a sink; every field remembers where it was written. */
import type { Findings, Path } from '../../finding.ts';
import type { MinioFields, StoreFields } from '../schema/minio.ts';

export interface Merged {
  fields: Partial<MinioFields>;
  /** Where the field was written; where it should be, if nowhere. */
  pathOf: (field: keyof MinioFields) => Path;
  /** True where a fault at the field has been told already. */
  failed: (field: keyof MinioFields) => boolean;
}

/** An empty text counts as left out, as it does in the seed. */
export function mergeGlobals(
  globals: StoreFields | undefined,
  own: StoreFields | undefined,
  path: Path,
  findings: Findings,
): Merged {
  const common = present(globals?.minio);
  const mine = present(own?.minio);
  const ownPath = [...path, 'minio'];
  const globalPath = ['spec', 'globals', 'minio'];
  return {
    fields: { ...common, ...mine },
    pathOf: (field) => [...(field in mine || !(field in common) ? ownPath : globalPath), field],
    failed: (field) => [ownPath, globalPath].some((at) => findings.failed([...at, field])) || findings.failed(path.slice(0, 1)),
  };
}

function present(fields: Partial<MinioFields> | undefined): Partial<MinioFields> {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined && value !== ''));
}
