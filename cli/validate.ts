/** `gst-functions validate FILE…`: every fault of all Transforms in one go, each with its line. */
import { formatFinding, readTransforms } from './read-transforms.ts';

export async function validate(paths: string[], { json = false }: { json?: boolean }): Promise<void> {
  const { findings, files, resources } = await readTransforms(paths);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ valid: errors === 0, files, transforms: resources, errors, warnings, findings })}\n`,
    );
  } else {
    const lines = findings.map(formatFinding);
    const seen = `${count(resources, 'Transform')} in ${count(files, 'file')}`;
    lines.push(
      `${seen}: ${errors === 0 && warnings === 0 ? 'no fault' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`}`,
    );
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  if (errors > 0) process.exitCode = 2;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
