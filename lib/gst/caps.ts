/** GStreamer's caps in words that people use: `video/x-h264, width=(int)1280 …` is an h264 stream of 1280 pixels. */
import type { StreamFacts } from '../events/types.ts';

export interface Caps {
  type: string;
  fields: Record<string, string>;
}

/** The first structure of caps in their string form. */
export function parseCaps(text: string): Caps {
  const type = /^[^,;(\s]+/.exec(text)?.[0] ?? '';
  const fields: Record<string, string> = {};
  // a name is looked for behind a comma alone: buffers stand in caps as hexadecimal, and a picture's has millions of digits
  for (const [, name, quoted, bare] of text.matchAll(/[,;]\s*([\w-]+)=\((?:[\w:/]+)\)(?:"((?:[^"\\]|\\.)*)"|([^,;]+))/g)) {
    if (name && !(name in fields)) fields[name] = (quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '').trim();
  }
  return { type, fields };
}

/** Types that hold streams rather than being one. */
const containers: Record<string, string> = {
  'video/quicktime': 'quicktime',
  'audio/x-m4a': 'mp4',
  'application/x-3gp': '3gp',
  'video/x-matroska': 'matroska',
  'audio/x-matroska': 'matroska',
  'video/webm': 'webm',
  'audio/webm': 'webm',
  'application/ogg': 'ogg',
  'audio/ogg': 'ogg',
  'video/ogg': 'ogg',
  'video/mpegts': 'mpegts',
  'video/x-msvideo': 'avi',
  'video/x-flv': 'flv',
  'video/x-ms-asf': 'asf',
  'application/vnd.rn-realmedia': 'realmedia',
  'application/mxf': 'mxf',
  'audio/x-wav': 'wav',
  'audio/x-aiff': 'aiff',
  'audio/x-caf': 'caf',
  'video/x-ivf': 'ivf',
  'image/gif': 'gif',
  'application/x-id3': 'id3',
  'application/x-apetag': 'ape',
};

export function containerOf(text: string): string | undefined {
  const { type, fields } = parseCaps(text);
  if (type === 'video/quicktime')
    return /^(iso|mp4|iso-fragmented)/.test(fields.variant ?? '') ? 'mp4' : (fields.variant ?? 'quicktime');
  if (type === 'video/mpeg' && fields.systemstream === 'true') return 'mpegps';
  return containers[type];
}

const codecs: Record<string, string> = {
  'video/x-h265': 'hevc',
  'video/x-h263': 'h263',
  'video/x-flash-video': 'flv1',
  'audio/AMR': 'amrnb',
  'audio/AMR-WB': 'amrwb',
  'audio/x-mulaw': 'pcm_mulaw',
  'audio/x-alaw': 'pcm_alaw',
  'subpicture/x-pgs': 'pgs',
  'subpicture/x-dvd': 'dvdsub',
};

export function streamOf(text: string): StreamFacts | undefined {
  if (containerOf(text) !== undefined && !/^(image|audio\/x-(wav|aiff|caf))/.test(text)) return undefined;
  const { type, fields } = parseCaps(text);
  const kind = kindOf(type);
  const number = (name: string) => (/^\d+$/.test(fields[name] ?? '') ? Number(fields[name]) : undefined);
  const framerate =
    /^(\d+)\/(\d+)$/.test(fields.framerate ?? '') && !fields.framerate?.startsWith('0/') ? fields.framerate : undefined;
  return defined({
    kind,
    codec: codecOf(type, fields),
    width: kind === 'video' ? number('width') : undefined,
    height: kind === 'video' ? number('height') : undefined,
    framerate: kind === 'video' ? framerate : undefined,
    channels: kind === 'audio' ? number('channels') : undefined,
    rate: kind === 'audio' ? number('rate') : undefined,
  });
}

/** `audio/x-raw or audio/mpeg` → `audio` */
export function kindsOf(types: string): string {
  const kinds = [...new Set(types.split(' or ').map((type) => kindOf(type)))];
  return kinds.filter((kind) => kind !== 'other').join(' or ') || 'stream';
}

function kindOf(type: string): StreamFacts['kind'] {
  if (/^(video|image)\//.test(type)) return 'video';
  if (type.startsWith('audio/')) return 'audio';
  if (/^(text|subpicture|closedcaption)\/|^application\/(x-(ssa|ass|subtitle|usf|kate|teletext)|ttml)/.test(type))
    return 'subtitle';
  return 'other';
}

function codecOf(type: string, fields: Record<string, string>): string {
  if (type === 'video/mpeg') return fields.mpegversion === '4' ? 'mpeg4' : `mpeg${fields.mpegversion ?? ''}video`;
  if (type === 'audio/mpeg') return fields.mpegversion === '1' ? `mp${fields.layer ?? '3'}` : 'aac';
  if (type === 'audio/x-raw') return `pcm_${(fields.format ?? 'raw').toLowerCase()}`;
  if (type === 'video/x-raw') return 'raw';
  const name = type.slice(type.indexOf('/') + 1);
  return codecs[type] ?? name.replace(/^x-/, '').replace(/^gst-(fourcc|av)-/, '');
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
