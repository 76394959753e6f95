/** Whether the demo's output is what its Transform promises. */
import type { decode } from './verify.ts';

export type Decoded = Awaited<ReturnType<typeof decode>>;

const tolerance = 0.1; // s

/** @throws Error that says all that is wrong */
export function checkOutput({ container, duration, streams }: Decoded, wanted: number): void {
  const codecs = streams.map(({ codec }) => codec).sort();
  const wrong = [
    ...(container.includes('mp4') ? [] : [`the container is ${container}, not MP4`]),
    ...(codecs.join() === 'aac,h264' ? [] : [`the streams are ${codecs.join(', ') || 'none'}, not h264 and aac`]),
    ...lengthFault('the output', duration, wanted),
    ...streams.flatMap(({ codec, duration: own }) => lengthFault(codec, own, wanted)),
    ...streams.filter(({ frames }) => frames === 0).map(({ codec }) => `${codec} has no frame`),
  ];
  if (wrong.length > 0) throw new Error(`the output is not as it should be: ${wrong.join('; ')}`);
}

function lengthFault(what: string, found: number, wanted: number): string[] {
  return Math.abs(found - wanted) <= tolerance ? [] : [`${what} has ${found} s, not ${wanted} ± ${tolerance}`];
}
