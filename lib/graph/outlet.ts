/** The sinks of a Transform, as far as its pipeline has to know them. */
import type { Catalogue } from './catalogue/types.ts';

export interface Outlet {
  /** `out`, or the name before `-out` in `linkto`. */
  name: string;
  /** The pipeline writes many files, and no element is linked to the sink. */
  directory: boolean;
}

export interface ReadOptions {
  outlets: readonly Outlet[];
  /** Tells which elements begin and end a branch; without it their names do. */
  catalogue?: Catalogue;
}

/** How `linkto` calls a sink. */
export const outletAlias = (name: string): string => `${name}-out`;
