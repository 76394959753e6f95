/** What is kept of a run for those who look into it. */
import type { Debug } from '../../events/types.ts';
import type { Findings } from '../../finding.ts';
import { parseDuration } from '../duration.ts';
import { keyFault } from '../key-fault.ts';
import type { PipelineFields } from '../schema/pipeline.ts';

/** Seconds between two graphs, as in the seed. */
const defaultDotInterval = 3;
/** Shortest time between two graphs, in seconds: each is drawn and uploaded. */
const shortestDotInterval = 0.1;

/** A level or an interval of 0 counts as left out, as it does in the seed. */
export function resolveDebug(debug: PipelineFields['debug'], findings: Findings): Debug | undefined {
  if (debug === undefined) return undefined;
  const resolved: Debug = {};
  if (debug.logLevel) resolved.logLevel = debug.logLevel;
  if (debug.dot) {
    const { path = '', render, timestamped, interval } = debug.dot;
    const at = ['spec', 'pipeline', 'debug', 'dot'];
    const fault = path === '' ? undefined : keyFault(path);
    if (fault !== undefined) findings.error('key-invalid', [...at, 'path'], `\`${path}\` ${fault}`);
    resolved.dot = {
      path,
      ...(render !== undefined && { render }),
      ...(timestamped !== undefined && { timestamped }),
      interval: readInterval(interval, [...at, 'interval'], findings),
    };
  }
  return Object.keys(resolved).length === 0 ? undefined : resolved;
}

function readInterval(interval: number | string | undefined, path: string[], findings: Findings): number {
  if (interval === undefined || interval === 0 || interval === '') return defaultDotInterval;
  const seconds = typeof interval === 'number' || /^\d+$/.test(interval) ? Number(interval) : parseDuration(interval);
  if (seconds === undefined)
    findings.error('not-allowed', path, `\`${interval}\` is neither seconds nor a Go duration such as 500ms or 3s`);
  else if (seconds < shortestDotInterval)
    findings.error('out-of-range', path, `\`${interval}\` is less than ${shortestDotInterval} s`);
  else return seconds;
  return defaultDotInterval;
}
