/** Limits of a run, under the ceilings of the installation. */
import type { Limits } from '../../events/types.ts';
import type { Findings } from '../../finding.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { formatBytes, parseQuantity } from '../quantity.ts';
import type { PipelineFields } from '../schema/pipeline.ts';
import type { SpecFields } from '../schema/transform.ts';

/** The most that Transforms may ask for. */
export interface Ceilings {
  /** MAX_TIMEOUT, in seconds. */
  maxTimeout: number;
  /** MAX_JOB_TIMEOUT, in place of that one for `execution: job`, in seconds. */
  maxJobTimeout: number;
  /** MAX_INPUT_BYTES. */
  maxInputBytes: number;
  /** MAX_OUTPUT_BYTES. */
  maxOutputBytes: number;
}

export const defaultCeilings: Readonly<Ceilings> = {
  maxTimeout: 480, // s
  maxJobTimeout: 21_600, // s
  maxInputBytes: 64 * 2 ** 30,
  maxOutputBytes: 64 * 2 ** 30,
};

export const defaultLimits: Readonly<Limits> = {
  timeout: 480, // s
  stall: 60, // s
  inputBytes: 16 * 2 ** 30,
  outputBytes: 16 * 2 ** 30,
};

export function resolveLimits(
  { pipeline, execution }: Pick<SpecFields, 'pipeline' | 'execution'>,
  ceilings: Ceilings,
  findings: Findings,
): Limits {
  const limits: NonNullable<PipelineFields['limits']> = pipeline?.limits ?? {};
  const longest =
    execution === 'job'
      ? { ceiling: ceilings.maxJobTimeout, setting: 'MAX_JOB_TIMEOUT' }
      : { ceiling: ceilings.maxTimeout, setting: 'MAX_TIMEOUT' };
  const seconds = (field: 'timeout' | 'stall') =>
    read(field, parseDuration, {
      ...longest,
      form: 'a Go duration such as 90s, 8m or 1h30m',
      print: formatDuration,
    });
  const bytes = (field: 'inputBytes' | 'outputBytes', ceiling: number, setting: string) =>
    read(field, parseQuantity, { ceiling, form: 'a quantity such as 500M or 16Gi', print: formatBytes, setting });

  function read(
    field: keyof Limits,
    parse: (text: string) => number | undefined,
    { ceiling, form, print, setting }: { ceiling: number; form: string; print: (amount: number) => string; setting: string },
  ): number {
    const written = limits[field];
    const fallback = Math.min(defaultLimits[field], ceiling);
    if (written === undefined || written === '') return fallback;
    const path = ['spec', 'pipeline', 'limits', field];
    const amount = parse(String(written));
    // a part of a byte is nothing, which `500m` (half of one) would otherwise be
    const found = field === 'timeout' || field === 'stall' || amount === undefined ? amount : Math.floor(amount);
    if (found === undefined) findings.error('not-allowed', path, `\`${written}\` is not ${form}`);
    else if (found <= 0) findings.error('out-of-range', path, `\`${written}\` is not more than nothing`);
    else if (found > ceiling)
      findings.error(
        'over-ceiling',
        path,
        `\`${written}\` is over ${print(ceiling)}, the ceiling of this installation (${setting})`,
      );
    else return found;
    return fallback;
  }

  const timeout = seconds('timeout');
  return {
    timeout,
    stall: Math.min(seconds('stall'), timeout),
    inputBytes: bytes('inputBytes', ceilings.maxInputBytes, 'MAX_INPUT_BYTES'),
    outputBytes: bytes('outputBytes', ceilings.maxOutputBytes, 'MAX_OUTPUT_BYTES'),
  };
}
