/**
 * The few functions of GStreamer, GObject and libc that gstreamer-superficial lacks, by koffi. Only for the child
 * process: a wrong call here ends it. Signatures are those of the C headers.
 */
import koffi from '../koffi.ts';

const gst = koffi.load('libgstreamer-1.0.so.0');
const gobject = koffi.load('libgobject-2.0.so.0');
const glib = koffi.load('libglib-2.0.so.0');
const libc = koffi.load('libc.so.6');

/** A C pointer: an address, or null. */
export type Pointer = bigint | null;

const gfree = glib.func('void g_free(void *mem)');
/** A string that the caller owns: read, then freed. */
const owned = koffi.disposable('OwnedString', 'str', gfree);

export const timeFormat = 3; // GST_FORMAT_TIME
export const bytesFormat = 2; // GST_FORMAT_BYTES
export const eosEvent = 28174; // GST_EVENT_EOS
export const tagEvent = 20510; // GST_EVENT_TAG

export const gstVersion = gst.func('str gst_version_string()');
export const binGetByName = gst.func('void *gst_bin_get_by_name(void *bin, const char *name)') as (
  bin: Pointer,
  name: string,
) => Pointer;
export const binIterateRecurse = gst.func('void *gst_bin_iterate_recurse(void *bin)') as (bin: Pointer) => Pointer;
export const elementIteratePads = gst.func('void *gst_element_iterate_pads(void *element)') as (element: Pointer) => Pointer;
export const elementIterateSinkPads = gst.func('void *gst_element_iterate_sink_pads(void *element)') as (
  element: Pointer,
) => Pointer;
export const iteratorNext = gst.func('int gst_iterator_next(void *it, void *value)') as (it: Pointer, value: Pointer) => number;
export const iteratorResync = gst.func('void gst_iterator_resync(void *it)') as (it: Pointer) => void;
export const iteratorFree = gst.func('void gst_iterator_free(void *it)') as (it: Pointer) => void;
export const valueGetObject = gobject.func('void *g_value_get_object(void *value)') as (value: Pointer) => Pointer;
export const valueUnset = gobject.func('void g_value_unset(void *value)') as (value: Pointer) => void;
export const objectRef = gst.func('void *gst_object_ref(void *object)') as (object: Pointer) => Pointer;
export const objectUnref = gst.func('void gst_object_unref(void *object)') as (object: Pointer) => void;
export const objectName = gst.func('gst_object_get_name', owned, ['void *']) as (object: Pointer) => string;
export const objectParent = gst.func('void *gst_object_get_parent(void *object)') as (object: Pointer) => Pointer;
export const elementFactory = gst.func('void *gst_element_get_factory(void *element)') as (element: Pointer) => Pointer;
export const factoryMetadata = gst.func('str gst_element_factory_get_metadata(void *factory, const char *key)') as (
  factory: Pointer,
  key: string,
) => string | null;
export const factoryFind = gst.func('void *gst_element_factory_find(const char *name)') as (name: string) => Pointer;
export const featureLoad = gst.func('void *gst_plugin_feature_load(void *feature)');
export const pluginLoad = gst.func('void *gst_plugin_load_by_name(const char *name)') as (name: string) => Pointer;
export const staticPad = gst.func('void *gst_element_get_static_pad(void *element, const char *name)') as (
  element: Pointer,
  name: string,
) => Pointer;
export const padDirection = gst.func('int gst_pad_get_direction(void *pad)') as (pad: Pointer) => number;
export const padIsLinked = gst.func('int gst_pad_is_linked(void *pad)') as (pad: Pointer) => number;
export const padPeer = gst.func('void *gst_pad_get_peer(void *pad)') as (pad: Pointer) => Pointer;
export const padCurrentCaps = gst.func('void *gst_pad_get_current_caps(void *pad)') as (pad: Pointer) => Pointer;
export const padTemplateCaps = gst.func('void *gst_pad_get_pad_template_caps(void *pad)') as (pad: Pointer) => Pointer;
export const capsIsAny = gst.func('int gst_caps_is_any(void *caps)') as (caps: Pointer) => number;
export const padStreamId = gst.func('gst_pad_get_stream_id', owned, ['void *']) as (pad: Pointer) => string | null;
export const padStickyEvent = gst.func('void *gst_pad_get_sticky_event(void *pad, int type, uint index)') as (
  pad: Pointer,
  type: number,
  index: number,
) => Pointer;
export const capsToString = gst.func('gst_caps_to_string', owned, ['void *']) as (caps: Pointer) => string;
export const miniObjectUnref = gst.func('void gst_mini_object_unref(void *object)') as (object: Pointer) => void;
export const eventParseTag = gst.func('void gst_event_parse_tag(void *event, _Out_ void **list)') as (
  event: Pointer,
  list: Pointer[],
) => void;
export const tagGetString = gst.func('gst_tag_list_get_string', 'int', [
  'void *',
  'const char *',
  koffi.out(koffi.pointer(owned)),
]) as (list: Pointer, tag: string, value: Array<string | null>) => number;
export const padAddProbe = gst.func(
  'ulong gst_pad_add_probe(void *pad, int mask, void *callback, void *data, void *destroy)',
) as (pad: Pointer, mask: number, callback: Pointer, data: Pointer, destroy: Pointer) => number;
export const debugSetThreshold = gst.func('void gst_debug_set_threshold_from_string(const char *list, int reset)') as (
  list: string,
  reset: number,
) => void;
export const binToDot = gst.func('gst_debug_bin_to_dot_data', owned, ['void *', 'int']);

const queryPosition = gst.func('int gst_element_query_position(void *element, int format, _Out_ int64_t *position)');
const queryDuration = gst.func('int gst_element_query_duration(void *element, int format, _Out_ int64_t *duration)');
const padPosition = gst.func('int gst_pad_query_position(void *pad, int format, _Out_ int64_t *position)');

const getState = gst.func('int gst_element_get_state(void *element, _Out_ int *state, void *pending, uint64_t timeout)');
/** Whether the element is at rest: never started, stopped, or failed in its very first step. */
export function isNull(element: Pointer): boolean {
  const state = [0];
  getState(element, state, null, 0);
  return state[0] === 1; // GST_STATE_NULL
}

const typeFromName = gobject.func('size_t g_type_from_name(const char *name)') as (name: string) => number;
const instanceIsA = gobject.func('int g_type_check_instance_is_a(void *instance, size_t type)') as (
  instance: Pointer,
  type: number,
) => number;
export function isA(instance: Pointer, typeName: string): boolean {
  const type = typeFromName(typeName);
  return type !== 0 && instanceIsA(instance, type) !== 0;
}

const asked =
  (query: (...args: never[]) => number) =>
  (object: Pointer, format: number): number | undefined => {
    const value = [0];
    const known = (query as (object: Pointer, format: number, value: number[]) => number)(object, format, value);
    return known && Number(value[0]) >= 0 ? Number(value[0]) : undefined;
  };
/** Nanoseconds or bytes, or undefined where nobody knows. */
export const elementPosition = asked(queryPosition);
export const elementDuration = asked(queryDuration);
export const padPositionOf = asked(padPosition);

const dlopen = libc.func('void *dlopen(const char *file, int flags)') as (file: string, flags: number) => Pointer;
const dlsym = libc.func('void *dlsym(void *handle, const char *name)') as (handle: Pointer, name: string) => Pointer;
const rtldNow = 2;
/** Address of a C function, to be handed to another one as a callback. */
export function addressOf(library: string, name: string): Pointer {
  return dlsym(dlopen(library, rtldNow), name);
}

const calloc = libc.func('void *calloc(size_t count, size_t size)') as (count: number, size: number) => bigint;
/** Room of C's, zeroed, kept for the life of the process: small, and few are made. */
export const allocate = (bytes: number): bigint => calloc(1, bytes);
export const readInt = (address: bigint): number => koffi.decode(address, 'int') as number;

const signalLookup = gobject.func('uint g_signal_lookup(const char *name, size_t type)') as (
  name: string,
  type: number,
) => number;
const classRef = gobject.func('void *g_type_class_ref(size_t type)') as (type: number) => Pointer;
const binType = gst.func('size_t gst_bin_get_type()') as () => number;
const EmissionHook = koffi.proto('int EmissionHook(void *hint, uint count, void *values, void *data)');
const addEmissionHook = gobject.func(
  'ulong g_signal_add_emission_hook(uint signal, uint32_t detail, EmissionHook *hook, void *data, void *destroy)',
) as (signal: number, detail: number, hook: bigint, data: null, destroy: null) => number;
const removeEmissionHook = gobject.func('void g_signal_remove_emission_hook(uint signal, ulong hook)') as (
  signal: number,
  hook: number,
) => void;

/**
 * What `make` gives, and the GstPipeline that came of it, if any. The add-on keeps its pipeline to itself, but an element
 * that is added to a bin makes the bin say so, in this very thread. (The leaks tracer would know it too, for a tenth of the
 * CPU of a remux: a tracer, whatever it looks for, is asked at every step of every buffer.)
 */
export function pipelineMadeBy<T>(make: () => T): { made: T; pointer: bigint | undefined } {
  classRef(binType()); // there are no signals before
  const added = signalLookup('element-added', binType());
  let pointer: bigint | undefined;
  const onAdded = koffi.register((_hint: Pointer, _count: number, values: Pointer) => {
    const bin = valueGetObject(values); // the first one is who emits
    if (pointer === undefined && bin !== null && isA(bin, 'GstPipeline')) pointer = bin;
    return 1; // stays
  }, koffi.pointer(EmissionHook));
  const hook = addEmissionHook(added, 0, onAdded, null, null);
  try {
    const made = make();
    return { made, pointer };
  } finally {
    removeEmissionHook(added, hook);
    koffi.unregister(onAdded);
  }
}

const trylock = glib.func('int g_rec_mutex_trylock(void *mutex)') as (mutex: Pointer) => number;
const unlock = glib.func('void g_rec_mutex_unlock(void *mutex)') as (mutex: Pointer) => void;
/**
 * Offset of `stream_rec_lock`, the third public field of GstPad (gst/gstpad.h): GstObject (88 bytes on 64 bit),
 * element_private, padtemplate, direction. Public, so as stable as GStreamer 1.x.
 */
const streamLockOffset = 112n;
/** Whether some thread is inside this sink pad: at work on a buffer, or blocked further down. */
export function padIsBusy(pad: bigint): boolean {
  if (!trylock(pad + streamLockOffset)) return true;
  unlock(pad + streamLockOffset);
  return false;
}

export const prctl = libc.func('int prctl(int option, ulong arg2, ulong arg3, ulong arg4, ulong arg5)') as (
  option: number,
  ...args: number[]
) => number;
/** Ends the process at once: Node's own exit waits for ever for a thread that polls the bus. */
export const exitNow = libc.func('void _exit(int status)') as (status: number) => void;
