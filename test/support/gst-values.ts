/**
 * A process of its own that asks GStreamer itself: whether it reads texts as values of properties and as caps, and whether
 * caps can meet. Takes questions as JSON from standard input, answers with booleans; see askGStreamer in gst-oracle.ts.
 */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';

const gst = koffi.load('libgstreamer-1.0.so.0');
const gobject = koffi.load('libgobject-2.0.so.0');
const libc = koffi.load('libc.so.6');

const init = gst.func('int gst_init_check(void *argc, void *argv, void *error)');
const factoryMake = gst.func('void *gst_element_factory_make(const char *factory, const char *name)');
const findProperty = gobject.func('void *g_object_class_find_property(void *class, const char *name)');
const valueInit = gobject.func('void *g_value_init(void *value, size_t type)');
const deserialize = gst.func('int gst_value_deserialize_with_pspec(void *value, const char *text, void *spec)');
const validate = gobject.func('int g_param_value_validate(void *spec, void *value)');
const capsFromString = gst.func('void *gst_caps_from_string(const char *text)');
const capsCanIntersect = gst.func('int gst_caps_can_intersect(void *a, void *b)');
const calloc = libc.func('void *calloc(size_t count, size_t size)');

const { values, caps, pairs } = JSON.parse(readFileSync(0, 'utf8')) as {
  values: Array<[element: string, property: string, text: string]>;
  caps: string[];
  /** Indexes into `caps`. */
  pairs: Array<[number, number]>;
};

init(null, null, null);

function reads([element, property, text]: [string, string, string]): boolean {
  const made = factoryMake(element, null);
  const spec = findProperty(koffi.decode(made, 'void *'), property);
  const value = calloc(1, 24);
  valueInit(value, koffi.decode(spec, 24, 'size_t'));
  // out of range: the value would be changed
  return deserialize(value, text, spec) !== 0 && validate(spec, value) === 0;
}

const made = caps.map((text) => capsFromString(text));
const answers = {
  values: values.map(reads),
  caps: made.map((one) => one !== null),
  pairs: pairs.map(([a, b]) => capsCanIntersect(made[a], made[b]) !== 0),
};
process.stdout.write(JSON.stringify(answers));
