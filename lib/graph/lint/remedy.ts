/** What to put between two elements that share no format. */
import { type Caps, clashes } from '../caps/index.ts';

/** Media types of GStreamer 0.10. */
const old = /^(video|audio)\/x-raw-\w+$/;
const raw = /^(video|audio)\/x-raw$/;
/** By the fields that differ, what makes the one from the other. */
const converters: ReadonlyArray<[type: string, fields: readonly string[], element: string]> = [
  ['video/x-raw', ['format', 'colorimetry', 'chroma-site'], 'videoconvert'],
  ['video/x-raw', ['width', 'height', 'pixel-aspect-ratio'], 'videoscale'],
  ['video/x-raw', ['framerate'], 'videorate'],
  ['audio/x-raw', ['format', 'channels', 'channel-mask', 'layout'], 'audioconvert'],
  ['audio/x-raw', ['rate'], 'audioresample'],
];

/** `; a `videoconvert` goes between them`; nothing where nobody knows. */
export function remedy(given: readonly Caps[], taken: readonly Caps[]): string {
  const was = renamed([...given, ...taken]);
  if (was !== '') return was;
  const [from, to] = [namesIn(given), namesIn(taken)];
  const [type] = from;
  if (type === undefined || from.size !== 1 || !raw.test(type)) return '';
  const coded = [...to].some((name) => name.startsWith(type.slice(0, 'video/'.length)) && name !== type);
  if (!to.has(type)) return coded ? '; an encoder goes between them' : '';
  const fields = new Set(given.flatMap((caps) => taken.flatMap((other) => clashes(caps, other))));
  const [converter, another] = converters.filter(([of, able]) => of === type && able.some((field) => fields.has(field)));
  return converter && !another ? `; \`${converter[2]}\` goes between them` : '';
}

/** Where caps are written as before GStreamer 1.0. */
export function renamed(all: readonly Caps[]): string {
  const [, kind] = [...namesIn(all)].map((name) => old.exec(name)).find((found) => found) ?? [];
  return kind === undefined ? '' : `; since GStreamer 1.0 it is \`${kind}/x-raw\`, with a \`format\``;
}

const namesIn = (all: readonly Caps[]): Set<string> =>
  new Set(all.flatMap((caps) => (caps === 'ANY' ? [] : caps.map(({ name }) => name))));
