/** Elements and pads of a running pipeline, walked safely: each is held while it is looked at. */
import type { PadReport } from '../protocol.ts';
import {
  allocate,
  binIterateRecurse,
  capsToString,
  elementFactory,
  elementIteratePads,
  elementIterateSinkPads,
  eventParseTag,
  factoryMetadata,
  iteratorFree,
  iteratorNext,
  iteratorResync,
  miniObjectUnref,
  objectName,
  objectParent,
  objectUnref,
  type Pointer,
  padCurrentCaps,
  padDirection,
  padStickyEvent,
  padStreamId,
  tagEvent,
  tagGetString,
  valueGetObject,
  valueUnset,
} from './ffi.ts';

const iteratorOk = 1; // GST_ITERATOR_OK
const iteratorResynced = 2; // GST_ITERATOR_RESYNC: something was added or removed meanwhile
/** Resynchronisations after which a walk gives up on a bin that keeps changing. */
const maxResyncs = 20;
const valueBytes = 24; // sizeof (GValue)
const freeValues: bigint[] = [];

function each<T>(iterator: Pointer, visit: (object: bigint) => T): T[] {
  let found: T[] = [];
  const value = freeValues.pop() ?? allocate(valueBytes);
  for (let resyncs = 0; ; ) {
    const step = iteratorNext(iterator, value);
    if (step === iteratorResynced && resyncs++ < maxResyncs) {
      iteratorResync(iterator);
      found = [];
      continue;
    }
    if (step !== iteratorOk) break;
    const object = valueGetObject(value);
    if (object !== null) found.push(visit(object));
    valueUnset(value);
  }
  valueUnset(value); // a filtering iterator leaves it typed at its end
  iteratorFree(iterator);
  freeValues.push(value);
  return found;
}

/** Every element inside of `bin`, at any depth. */
export const eachElement = <T>(bin: bigint, visit: (element: bigint) => T): T[] => each(binIterateRecurse(bin), visit);
export const eachPad = <T>(element: bigint, visit: (pad: bigint) => T): T[] => each(elementIteratePads(element), visit);
export const eachSinkPad = <T>(element: bigint, visit: (pad: bigint) => T): T[] => each(elementIterateSinkPads(element), visit);

/** Name and klass (such as `Codec/Demuxer`) of an element's factory; bins made by hand have none. */
export function factoryOf(element: bigint): { factory: string; klass: string } {
  const factory = elementFactory(element);
  if (factory === null) return { factory: '', klass: '' };
  return { factory: objectName(factory), klass: factoryMetadata(factory, 'klass') ?? '' };
}

/** Elements whose pads tell something of a stream; the rest (queues, converters) only pass it on. */
const telling = /Demux|Parser|Decoder|Encoder|Mux|Sink|Typefind|Bin\/Decoder/i;

export function padReports(pipeline: bigint): PadReport[] {
  return eachElement(pipeline, (element) => {
    const { factory, klass } = factoryOf(element);
    if (!telling.test(klass) && factory !== 'typefind') return [];
    const parent = objectParent(element);
    if (parent !== null) objectUnref(parent);
    const about = { element: objectName(element), factory, klass, top: parent === pipeline };
    return eachPad(element, (pad): PadReport => {
      const direction = padDirection(pad) === 1 ? 'src' : 'sink'; // GST_PAD_SRC
      const tags = /Demux|Parser/i.test(klass) && direction === 'src' ? padTags(pad) : undefined;
      return { ...about, pad: objectName(pad), direction, caps: padCaps(pad), streamId: padStreamId(pad) ?? undefined, tags };
    });
  }).flat();
}

function padCaps(pad: bigint): string | undefined {
  const caps = padCurrentCaps(pad);
  if (caps === null) return undefined;
  const text = capsToString(caps);
  miniObjectUnref(caps);
  return text;
}

/** Tags that are worth telling; pictures and binary ones are not. */
const tagNames = [
  'title',
  'artist',
  'album',
  'composer',
  'genre',
  'comment',
  'copyright',
  'encoder',
  'language-code',
  'container-format',
  'video-codec',
  'audio-codec',
  'image-orientation',
];
/** Tag events of one pad that are looked at: one of the stream, one of the container, seldom more. */
const maxTagEvents = 4;

function padTags(pad: bigint): Record<string, string> | undefined {
  const tags: Record<string, string> = {};
  for (let index = 0; index < maxTagEvents; index++) {
    const event = padStickyEvent(pad, tagEvent, index);
    if (event === null) break;
    const list: Pointer[] = [null];
    eventParseTag(event, list);
    for (const name of tagNames) {
      const value: Array<string | null> = [null];
      if (list[0] && tagGetString(list[0], name, value) && value[0]) tags[name] = value[0];
    }
    miniObjectUnref(event);
  }
  return Object.keys(tags).length > 0 ? tags : undefined;
}
