/** Pipelines that tests share. */
import type { Element } from '../../lib/graph/model.ts';

/** The seed's mp4-converter, with the fastest preset. */
export const mp4Converter: Element[] = [
  { name: 'decodebin', alias: 'dbin' },
  { goto: 'dbin' },
  { name: 'queue' },
  { name: 'audioconvert' },
  { name: 'audioresample' },
  { name: 'voaacenc' },
  { linkto: 'mux' },
  { goto: 'dbin' },
  { name: 'queue' },
  { name: 'videoconvert' },
  { name: 'x264enc', properties: { 'speed-preset': 'ultrafast' } },
  { name: 'mp4mux', alias: 'mux' },
];
