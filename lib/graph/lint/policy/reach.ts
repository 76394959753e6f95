/** Properties by which an element reaches out of its pipeline, told by their type, their name and what GStreamer says of them. */
import type { PropertyInfo } from '../../catalogue/index.ts';

/** How a property reaches out: by a file of that name, by an address or a device, by a library, or by more elements. */
export type Reach = 'file' | 'address' | 'library' | 'elements' | 'factory' | 'nested' | 'options';

const words: Array<[Reach, RegExp]> = [
  ['library', /^(libname|libprefix|library|engine)$/],
  ['address', /^(uri|suburi|url|host|hostname|address|localaddress|addresses|device|socket|server|proxy|clients|display|iface)$/],
  ['file', /^(location|file|files|filename|keyfile|path|dir|directory|folder|soundfont|knownhosts)$/],
];
/** Only for strings: what GStreamer says of properties whose name does not show it. */
const says =
  /\b(file ?name|files? (path|location|template|to (apply|use|load|read|write))|profile file|cascade file|location of|path (to|of))\b/i;
/** Structures that hold lines of elements, and the one of a path of switchbin, which is no element itself. */
const lines = ['element', 'fec-decoders', 'fec-encoders'];
/** Text that goes into a playlist, and is opened by nobody here. */
const written = ['playlist-root', 'mpd-baseurl'];

/** Of a property in the catalogue; `info` undefined: of one that nobody knows, by its name alone. */
export function reachOf(name: string, info?: PropertyInfo): Reach | undefined {
  const known = name.replaceAll('_', '-');
  if (written.includes(known)) return undefined;
  if (info?.type === 'element' || lines.includes(known)) return 'elements';
  // an encoding profile may set properties of encoders and muxers
  if (info === undefined ? known === 'profile' : info.typeName === 'GstEncodingProfile') return 'nested';
  if (/-properties$/.test(known) && (info === undefined || info.type === 'structure')) return 'nested';
  if (info !== undefined && info.type !== 'string' && info.type !== 'text' && info.type !== 'other') return undefined;
  if (/-factory$/.test(known)) return 'factory';
  if (/^(option-string|parameters-string|(x264|x265|svtav1)-params)$/.test(known)) return 'options';
  const parts = known.split('-');
  const [reach] = words.find(([, word]) => parts.some((part) => word.test(part))) ?? [];
  if (reach !== undefined) return reach;
  return known === 'temp-template' || (info?.blurb !== undefined && says.test(info.blurb)) ? 'file' : undefined;
}
