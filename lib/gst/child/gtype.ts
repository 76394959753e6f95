/**
 * What GObject and GStreamer tell of an element's class, by koffi: no element is made, so none can open a device or
 * crash on the way. Only for a process of its own. Layouts are those of the C headers (glib/gobject/gparam.h, genums.h;
 * gst/gstpadtemplate.h, gstobject.h), public and so as stable as GLib 2 and GStreamer 1.
 */
import type { PadTemplate, PropertyInfo } from '../../graph/catalogue/types.ts';
import koffi from '../koffi.ts';
import { capsToString, miniObjectUnref, objectName, objectUnref, type Pointer } from './ffi.ts';

const gst = koffi.load('libgstreamer-1.0.so.0');
const gobject = koffi.load('libgobject-2.0.so.0');
const glib = koffi.load('libglib-2.0.so.0');
const owned = koffi.disposable('OwnedText', 'str', glib.func('void g_free(void *mem)'));

export type GType = number | bigint;

const init = gst.func('int gst_init_check(void *argc, void *argv, void *error)') as (...none: null[]) => number;
const versionOf = gst.func('void gst_version(_Out_ uint *major, _Out_ uint *minor, _Out_ uint *micro, _Out_ uint *nano)') as (
  ...parts: [number[], number[], number[], number[]]
) => void;
const registryGet = gst.func('void *gst_registry_get()') as () => Pointer;
const featureList = gst.func('void *gst_registry_get_feature_list(void *registry, size_t type)') as (
  r: Pointer,
  t: GType,
) => Pointer;
const factoryTypeOfFactories = gst.func('size_t gst_element_factory_get_type()') as () => GType;
const childProxyType = gst.func('size_t gst_child_proxy_get_type()') as () => GType;
const binType = gst.func('size_t gst_bin_get_type()') as () => GType;
const padType = gst.func('size_t gst_pad_get_type()') as () => GType;
const featureLoad = gst.func('void *gst_plugin_feature_load(void *feature)') as (feature: Pointer) => Pointer;
const elementType = gst.func('size_t gst_element_factory_get_element_type(void *factory)') as (factory: Pointer) => GType;
const uriType = gst.func('int gst_element_factory_get_uri_type(void *factory)') as (factory: Pointer) => number;
const metadata = gst.func('str gst_element_factory_get_metadata(void *factory, const char *key)') as (
  factory: Pointer,
  key: string,
) => string | null;
const padTemplates = gst.func('void *gst_element_factory_get_static_pad_templates(void *factory)') as (
  factory: Pointer,
) => Pointer;
const templateCaps = gst.func('void *gst_static_pad_template_get_caps(void *template)') as (template: Pointer) => Pointer;
const classTemplate = gst.func('void *gst_element_class_get_pad_template(void *class, const char *name)') as (
  klass: Pointer,
  name: string,
) => Pointer;
const valueSerialize = gst.func('gst_value_serialize', owned, ['void *']) as (value: Pointer) => string | null;

const typeName = gobject.func('str g_type_name(size_t type)') as (type: GType) => string;
const typeFundamental = gobject.func('size_t g_type_fundamental(size_t type)') as (type: GType) => GType;
const typeIsA = gobject.func('int g_type_is_a(size_t type, size_t other)') as (type: GType, other: GType) => number;
const elementBaseType = gst.func('size_t gst_element_get_type()') as () => GType;
const classRef = gobject.func('void *g_type_class_ref(size_t type)') as (type: GType) => bigint | null;
const listProperties = gobject.func('void *g_object_class_list_properties(void *class, _Out_ uint *count)') as (
  klass: Pointer,
  count: number[],
) => Pointer;
const redirectTarget = gobject.func('void *g_param_spec_get_redirect_target(void *spec)') as (spec: Pointer) => Pointer;
const defaultValue = gobject.func('void *g_param_spec_get_default_value(void *spec)') as (spec: Pointer) => Pointer;
const paramBlurb = gobject.func('str g_param_spec_get_blurb(void *spec)') as (spec: Pointer) => string | null;

const deref = (address: bigint, offset = 0): Pointer => koffi.decode(address, offset, 'void *') as Pointer;
const text = (address: bigint, offset: number): string => (koffi.decode(address, offset, 'str') as string | null) ?? '';
const number = (address: bigint, offset: number, type: string) => koffi.decode(address, offset, type) as number | bigint;

/** Starts GStreamer: reads the registry of plugins. */
export function initialise(): void {
  if (!init(null, null, null)) throw new Error('GStreamer did not start');
}

export interface Factory {
  name: string;
  address: bigint;
}

/** All element factories of the registry. */
export function factories(): Factory[] {
  return listed(featureList(registryGet(), factoryTypeOfFactories())).map((address) => ({ name: objectName(address), address }));
}

/** Data pointers of a GList. */
function listed(list: Pointer): bigint[] {
  const found: bigint[] = [];
  for (let at = list; at !== null; at = deref(at, 8)) found.push(deref(at) as bigint);
  return found;
}

export const version = (): string => {
  const parts = [[0], [0], [0], [0]];
  versionOf(...(parts as [number[], number[], number[], number[]]));
  return parts.slice(0, 3).flat().join('.');
};

export const klassOf = ({ address }: Factory): string => metadata(address, 'klass') ?? '';

/** `src` or `sink` where the element opens URIs. */
export const uriOf = ({ address }: Factory): 'src' | 'sink' | undefined =>
  ([undefined, 'sink', 'src'] as const)[uriType(address)];

// GstStaticPadTemplate: name_template, direction, presence, static_caps
export function templatesOf({ address }: Factory): PadTemplate[] {
  return listed(padTemplates(address)).map((template) => {
    const caps = templateCaps(template);
    const string = capsToString(caps);
    miniObjectUnref(caps);
    return {
      name: text(template, 0),
      direction: number(template, 8, 'int') === 1 ? 'src' : 'sink',
      presence: (['always', 'sometimes', 'request'] as const)[number(template, 12, 'int') as number] ?? 'always',
      caps: string,
    };
  });
}

/** The class of an element; its plugin is loaded. */
export function classOf({ address, name }: Factory): { type: GType; klass: bigint } {
  const loaded = featureLoad(address);
  if (loaded === null) throw new Error(`the plugin of ${name} does not load`);
  const type = elementType(loaded);
  const klass = classRef(type);
  objectUnref(loaded);
  if (klass === null) throw new Error(`${name} has no class`);
  return { type, klass };
}

export const isChildProxy = (type: GType): boolean => typeIsA(type, childProxyType()) !== 0;

/** The children of a bin are elements, whatever its pads are. */
export const isBin = (type: GType): boolean => typeIsA(type, binType()) !== 0;

/** The class that pads of a template have; undefined, where the template does not say. */
export function padClassOf(klass: bigint, template: string): bigint | undefined {
  const found = classTemplate(klass, template);
  if (found === null) return undefined;
  const type = number(found, 112, 'size_t'); // GstPadTemplate: object, name_template, direction, presence, caps, gtype
  return typeIsA(type, padType()) ? (classRef(type) ?? undefined) : undefined;
}

export function propertiesOf(klass: bigint): Array<[name: string, info: PropertyInfo]> {
  const count = [0];
  const specs = listProperties(klass, count);
  if (specs === null) return [];
  return Array.from({ length: count[0] as number }, (_, index) => property(deref(specs, index * 8) as bigint));
}

const writable = 1 << 1; // G_PARAM_WRITABLE
const deprecated = 2 ** 31; // G_PARAM_DEPRECATED

// GParamSpec: g_type_instance, name, flags, value_type, owner_type, …; 72 bytes, then what is of the type
function property(spec: bigint): [string, PropertyInfo] {
  const of = redirectTarget(spec) ?? spec; // an overriding one holds nothing itself
  const flags = number(spec, 16, 'uint32') as number;
  const valueType = number(of, 24, 'size_t');
  const type = kindOf(valueType);
  const blurb = ['string', 'element', 'text', 'other'].includes(type) ? paramBlurb(spec) : null;
  const initial = type in serialised ? valueSerialize(defaultValue(spec)) : null;
  return [
    text(spec, 8),
    {
      type,
      typeName: typeName(valueType),
      ...rangeOf(of, type),
      ...(initial !== null && { default: initial }),
      ...((type === 'enum' || type === 'flags') && { values: valuesOf(of, type) }),
      writable: (flags & writable) !== 0,
      deprecated: flags >= deprecated,
      ...(blurb !== null && { blurb }),
    },
  ];
}

const fundamentals: Record<string, PropertyInfo['type']> = {
  gboolean: 'boolean',
  gint: 'int',
  guint: 'uint',
  gint64: 'int64',
  guint64: 'uint64',
  glong: 'int64',
  gulong: 'uint64',
  gfloat: 'float',
  gdouble: 'double',
  gchararray: 'string',
  GEnum: 'enum',
  GFlags: 'flags',
  GstFraction: 'fraction',
  GstValueArray: 'array',
  GstValueList: 'array',
};
/** Those whose default has a text that a launch line takes, and those that have a range. */
const serialised: Partial<Record<PropertyInfo['type'], true>> = {
  boolean: true,
  int: true,
  uint: true,
  int64: true,
  uint64: true,
  float: true,
  double: true,
  string: true,
  enum: true,
  flags: true,
  fraction: true,
};
/** Boxed types and objects that GStreamer reads from text. */
const readable: Record<string, PropertyInfo['type']> = {
  GstCaps: 'caps',
  GstStructure: 'structure',
  GstTagList: 'structure',
  GstEncodingProfile: 'text',
  GstDateTime: 'text',
  GDateTime: 'text',
  GDate: 'text',
  GstBuffer: 'text',
  GBytes: 'text',
  GstVideoTimeCode: 'text',
  GstVideoTimeCodeInterval: 'text',
};

function kindOf(type: GType): PropertyInfo['type'] {
  if (typeIsA(type, elementBaseType())) return 'element';
  return fundamentals[typeName(typeFundamental(type))] ?? readable[typeName(type)] ?? 'other';
}

/** C type of minimum and maximum, which stand first in what is of the type. */
const ranged: Partial<Record<PropertyInfo['type'], [type: string, bytes: number]>> = {
  int: ['int32', 4],
  uint: ['uint32', 4],
  int64: ['int64', 8],
  uint64: ['uint64', 8],
  float: ['float', 4],
  double: ['double', 8],
};

function rangeOf(spec: bigint, type: PropertyInfo['type']): { minimum?: string; maximum?: string } {
  const own = 72;
  if (type === 'fraction') {
    const [a, b, c, d] = [0, 4, 8, 12].map((offset) => number(spec, own + offset, 'int32'));
    return { minimum: `${a}/${b}`, maximum: `${c}/${d}` };
  }
  const range = ranged[type];
  if (range === undefined) return {};
  const [c, bytes] = range;
  return { minimum: String(number(spec, own, c)), maximum: String(number(spec, own + bytes, c)) };
}

// GEnumClass: g_type_class, minimum, maximum, n_values, values; GFlagsClass: g_type_class, mask, n_values, values;
// GEnumValue and GFlagsValue: value, value_name, value_nick
function valuesOf(spec: bigint, type: 'enum' | 'flags'): Array<{ nick: string; name: string; value: number }> {
  const klass = deref(spec, 72) as bigint;
  const [count, values] = type === 'enum' ? [16, 24] : [12, 16];
  const first = deref(klass, values) as bigint;
  return Array.from({ length: number(klass, count, 'uint32') as number }, (_, index) => {
    const value = first + BigInt(index * 24);
    return {
      nick: text(value, 16),
      name: text(value, 8),
      value: number(value, 0, type === 'enum' ? 'int32' : 'uint32') as number,
    };
  });
}
