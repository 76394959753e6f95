/** Faults in launch text: told of the text as a whole, with the offset at which they stand. */
import type { Findings, Path } from '../../finding.ts';
import { whereIn } from './fault.ts';

/** Where launch text stands in a Transform. */
export const launchPath: Path = ['spec', 'pipeline', 'launch'];

/** `[at]` is the path of what stands at that offset; none is that of the text. */
export const offsetPath = (at: number | undefined): Path => (at === undefined ? [] : [at]);

/** Takes faults with paths of `offsetPath`, and tells them of the text in its Transform. */
export function findingsIn(text: string, findings: Findings): Findings {
  const place = (path: Path) => findings.place([...launchPath, ...path]);
  const telling =
    (tell: Findings['error']): Findings['error'] =>
    (rule, path, message, at = place(path)) =>
      tell(rule, launchPath, typeof path[0] === 'number' ? message + whereIn(text, path[0]) : message, at);
  return {
    all: findings.all,
    error: telling(findings.error),
    warning: telling(findings.warning),
    failed: () => false, // an offset is that of an element, and tells nothing of its parts
    place,
  };
}
