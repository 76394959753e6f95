/** What a lint knows, and where it tells what it found. */
import type { Findings, Path } from '../../finding.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Outlet } from '../outlet.ts';

export interface LintOptions {
  outlets: readonly Outlet[];
  /** The pipeline runs in an image of its own, which may have elements that the catalogue does not know. */
  image?: boolean;
  /**
   * Where an element, and what is within it, stands in the resource; `at` as in the graph.
   * Default: `spec.pipeline.elements[at]…`.
   */
  path?: (at: number, ...within: string[]) => Path;
  /** What stands at a path without quotes, as it is written: YAML may read a number or a boolean from it. */
  plain?: (path: Path) => string | undefined;
}

export interface LintContext {
  catalogue: Catalogue;
  findings: Findings;
  image: boolean;
  /** One of the outputs is a folder, which elements write files into. */
  directory: boolean;
  path: (at: number, ...within: string[]) => Path;
  plain: (path: Path) => string | undefined;
}
