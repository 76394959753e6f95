/** Whether a pipeline that reached its end has really made something: EOS alone proves nothing. */
import { Fault } from '../errors.ts';
import type { Graph } from '../graph/model.ts';
import { streamOf } from './caps.ts';
import { sinkName } from './launch.ts';
import type { EndReport, PadReport } from './protocol.ts';

/**
 * At least one buffer in every stream of every output.
 *
 * @throws Fault MEDIA_NO_FRAMES
 */
export function checkFrames(graph: Graph, end: EndReport, bytes: Record<string, number>): void {
  const empty = Object.keys(bytes).flatMap((name) => {
    const last = graph.outputs.find((output) => output.name === name)?.from.node;
    const wrote = bytes[name] !== 0 && any(end.buffers[sinkName(name)] ?? { all: true });
    const silent = last === undefined ? [] : emptyStreams(last, end);
    if (wrote && silent.length === 0) return [];
    return [silent.length > 0 ? `${name} (${silent.join(', ')})` : name];
  });
  if (empty.length > 0) throw new Fault('MEDIA_NO_FRAMES', { outputs: empty.join(', ') });
}

const any = (pads: Record<string, boolean>) => Object.values(pads).some(Boolean);

/** Streams that never gave a frame to the element. A subtitle stream may have nothing to say. */
function emptyStreams(element: string, { buffers, pads }: EndReport): string[] {
  const seen = buffers[element] ?? {};
  if (Object.keys(seen).length === 0) return [];
  const about = (pad: string): PadReport | undefined => pads.find((report) => report.element === element && report.pad === pad);
  const joins = pads.some((report) => report.element === element && /Mux/.test(report.klass));
  if (!joins) return any(seen) ? [] : ['no buffer'];
  return Object.entries(seen)
    .filter(([, came]) => !came)
    .map(([pad]) => kindOf(about(pad)?.caps) ?? pad)
    .filter((kind) => kind !== 'subtitle');
}

/** Of a pad that never had caps nothing is known but its name. */
const kindOf = (caps: string | undefined) => (caps === undefined ? undefined : streamOf(caps)?.kind);
