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

/** The pictures of the input as MJPEG, in two outputs: `a` in Matroska, `b` in AVI. */
export const twoOutputs: Element[] = [
  { name: 'decodebin', alias: 'd' },
  { goto: 'd' },
  { name: 'videoconvert' },
  { name: 'tee', alias: 't' },
  ...['matroskamux', 'avimux'].flatMap((muxer, at): Element[] => [
    { goto: 't' },
    { name: 'queue' },
    { name: 'jpegenc' },
    { name: muxer },
    { linkto: at === 0 ? 'a-out' : 'b-out' },
  ]),
];
