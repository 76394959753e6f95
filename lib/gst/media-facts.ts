/** What is known of the input and of the outputs from the caps and tags of the pipeline that made them: no second pass. */
import type { MediaFacts, StreamFacts } from '../events/types.ts';
import type { Graph } from '../graph/model.ts';
import { containerOf, streamOf } from './caps.ts';
import type { EndReport, PadReport } from './protocol.ts';

const isDemuxer = (pad: PadReport) => /Demux/.test(pad.klass);
const isParser = (pad: PadReport) => /Parser/.test(pad.klass);
const isDecoder = (pad: PadReport) => /Decoder/.test(pad.klass) && !/Bin/.test(pad.klass);
const isEncoder = (pad: PadReport) => /Encoder/.test(pad.klass);

/** A demuxer that pulls has no caps on its sink pad; which one it is tells the container. Tag readers are none. */
const containerOfDemuxer: Record<string, string> = {
  qtdemux: 'mp4',
  matroskademux: 'matroska',
  avidemux: 'avi',
  flvdemux: 'flv',
  oggdemux: 'ogg',
  tsdemux: 'mpegts',
  mpegpsdemux: 'mpegps',
  asfdemux: 'asf',
  rmdemux: 'realmedia',
  mxfdemux: 'mxf',
  wavparse: 'wav',
  aiffparse: 'aiff',
  auparse: 'au',
  ivfparse: 'ivf',
  dvdemux: 'dv',
  y4mdec: 'y4m',
};

/** Streams of the input: pads of demuxers, with what parsers and decoders found out about each. */
export function inputFacts({ pads, duration }: Pick<EndReport, 'pads'> & { duration?: number }): MediaFacts {
  const encoded = pads.filter((pad) => pad.caps && pad.streamId);
  const demuxed = encoded.filter((pad) => isDemuxer(pad) && pad.direction === 'src');
  const decoded = encoded.filter((pad) => isDecoder(pad) && pad.direction === 'sink');
  const encoders = new Set(encoded.filter((pad) => isEncoder(pad) && pad.direction === 'src').map((pad) => mediaType(pad.caps)));
  const parsed = encoded.filter((pad) => isParser(pad) && pad.direction === 'src' && !encoders.has(mediaType(pad.caps)));

  const streams = new Map<string, StreamFacts>();
  for (const { caps = '', streamId = '' } of [...demuxed, ...decoded, ...parsed]) {
    const facts = streamOf(caps);
    if (!facts) continue;
    const known = streams.get(streamId);
    // later pads add what earlier ones did not know; a decoder's output is another format, not this stream
    if (!known) streams.set(streamId, facts);
    else if (known.codec === facts.codec) streams.set(streamId, { ...facts, ...known });
  }
  const tags: Record<string, string> = Object.assign({}, ...pads.map((pad) => pad.tags ?? {}));
  const container = pads.map(({ factory }) => containerOfDemuxer[factory]).find(Boolean) ?? [...streams.values()][0]?.codec;
  return {
    ...(container !== undefined && { container }),
    ...(duration !== undefined && { duration }),
    streams: [...streams.values()],
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

const mediaType = (caps = '') => /^[^,;(\s]+/.exec(caps)?.[0] ?? '';

/** Streams of one output: what its muxer was given, or what went into the file where there is no muxer. */
export function outputFacts(graph: Graph, name: string, sink: string, { pads }: EndReport): MediaFacts {
  const last = graph.outputs.find((output) => output.name === name)?.from.node;
  const muxed = pads.filter((pad) => pad.element === last && pad.direction === 'sink' && /Mux/.test(pad.klass) && pad.caps);
  const written = pads.find((pad) => pad.element === sink && pad.direction === 'sink')?.caps;
  const sources = muxed.length > 0 ? muxed.map((pad) => pad.caps ?? '') : written ? [written] : [];
  const streams = sources.map(streamOf).filter((facts) => facts !== undefined);
  const container = (written && containerOf(written)) ?? (muxed.length === 0 ? streams[0]?.codec : mediaType(written));
  return { ...(container && { container }), streams };
}

/** `video (h264), audio (aac)`: the streams of an input in words. */
export function inWords({ streams }: MediaFacts): string {
  return streams.length === 0 ? 'no stream' : streams.map(({ kind, codec }) => `${kind} (${codec})`).join(', ');
}
