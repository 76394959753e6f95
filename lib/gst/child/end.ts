/** What a pipeline that has reached its end looks like, before it is stopped. */
import type { EndReport, PlayCommand } from '../protocol.ts';
import {
  binGetByName,
  elementDuration,
  elementPosition,
  isA,
  objectUnref,
  padDirection,
  padPositionOf,
  timeFormat,
} from './ffi.ts';
import type { FirstBuffers } from './first-buffers.ts';
import { eachElement, eachPad, factoryOf, padReports } from './walk.ts';

const second = 1e9; // ns
const seconds = (ns: number | undefined) => (ns === undefined ? undefined : ns / second);

export function endReport(pipeline: bigint, command: PlayCommand, firstBuffers: FirstBuffers): EndReport {
  return {
    duration: seconds(elementDuration(pipeline, timeFormat)),
    position: seconds(elementPosition(pipeline, timeFormat)),
    positions: positionsOf(pipeline, command.positions),
    demuxed: demuxed(pipeline),
    pads: padReports(pipeline),
    buffers: firstBuffers.seen(),
  };
}

function positionsOf(pipeline: bigint, names: string[]): Record<string, number> {
  const positions: Record<string, number> = {};
  for (const name of names) {
    const element = binGetByName(pipeline, name);
    if (element === null) continue;
    // others ask upstream, and so tell how far was read, not what came through
    const position = isA(element, 'GstBaseTransform') ? seconds(elementPosition(element, timeFormat)) : undefined;
    if (position !== undefined) positions[name] = position;
    objectUnref(element);
  }
  return positions;
}

function demuxed(pipeline: bigint): Record<string, number> {
  const furthest: Record<string, number> = {};
  eachElement(pipeline, (element) => {
    const { factory, klass } = factoryOf(element);
    if (!/Demux/.test(klass)) return;
    eachPad(element, (pad) => {
      if (padDirection(pad) !== 1) return; // GST_PAD_SRC
      const position = seconds(padPositionOf(pad, timeFormat));
      if (position !== undefined) furthest[factory] = Math.max(furthest[factory] ?? 0, position);
    });
  });
  return furthest;
}
