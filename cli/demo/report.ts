/** The table at the end of the demo. */
import { statSync } from 'node:fs';
import type { Succeeded } from '../../lib/events/types.ts';
import type { Dev } from '../dev/dev.ts';
import { formatBytes, formatTable } from '../table.ts';
import type { Decoded } from './check.ts';
import type { StageTimes } from './stages.ts';

export interface ReportOptions {
  input: string;
  output: string;
  result: Succeeded;
  decoded: Decoded;
  stages: StageTimes;
  /** Seconds from the upload to the end. */
  total: number;
  dev: Dev;
  keep: boolean;
}

export function report({ input, output, result, decoded, stages, total, dev, keep }: ReportOptions): string {
  const size = (path: string) => formatBytes(statSync(path).size);
  const streams = decoded.streams.map((stream) =>
    stream.kind === 'video'
      ? `${stream.codec} ${stream.width}x${stream.height}, ${stream.frames} frames`
      : `${stream.codec} ${stream.rate} Hz, ${stream.channels} channels`,
  );
  const { timings } = result;
  const spent: Array<[string, number | undefined]> = [
    ['event', between(stages.begin, stages.object)],
    ['dispatch', between(stages.object, stages.requested)],
    ['queue', between(stages.requested, stages.started)],
    ['pipeline', timings?.pipeline],
    ['upload', timings?.upload],
    ['all', total],
  ];
  return formatTable([
    ['input', `${input} (${size(input)})`],
    ['output', `${output} (${size(output)})`],
    ['streams', streams.join(' · ')],
    ['duration', `${decoded.duration.toFixed(2)} s`],
    ['seconds', spent.flatMap(([stage, taken]) => (taken === undefined ? [] : `${stage} ${taken.toFixed(2)}`)).join(' · ')],
    ['job', result.job],
    [
      'look next',
      keep ? `${dev.minio.consoleUrl}, ${dev.place.jobsDir}` : 'npm run demo -- --keep, for files of your own; docs/',
    ],
  ]);
}

/** Seconds. */
function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : (to - from) / 1000;
}
