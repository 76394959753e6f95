/** Numbers that lost digits on their way in. */
import type { Findings, Path } from '../../finding.ts';

/** YAML and JSON numbers are float64 here: whole ones beyond 2^53 are not what was written. */
export function checkExact(value: unknown, path: Path, findings: Findings): void {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    findings.error('number-inexact', path, `a number of this size loses digits: put it in quotes; read as ${value}`);
  } else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) checkExact(entry, [...path, index], findings);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) checkExact(entry, [...path, key], findings);
  }
}
