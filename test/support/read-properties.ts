/**
 * Makes pipelines from launch lines and reads properties of them back: standard input and output are JSON. A process of its
 * own, because GStreamer is loaded into it.
 */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';

export interface Asked {
  launch: string;
  element: string;
  property: string;
}

export interface Answer {
  /** Fault of the parser. */
  error?: string;
  /** Elements that the line made. */
  elements: number;
  value?: string | null;
}

const gst = koffi.load('libgstreamer-1.0.so.0');
const gobject = koffi.load('libgobject-2.0.so.0');
const gErrorType = koffi.struct('GError', { domain: 'uint32', code: 'int', message: 'str' });
const init = gst.func('void gst_init(void *, void *)');
const parseLaunch = gst.func('void *gst_parse_launch(str, _Out_ void **)');
const byName = gst.func('void *gst_bin_get_by_name(void *, str)');
const childrenCount = gst.func('uint gst_child_proxy_get_children_count(void *)');
const typeOf = gobject.func('size_t g_type_from_name(str)');
const initValue = gobject.func('void *g_value_init(void *, size_t)');
const getProperty = gobject.func('void g_object_get_property(void *, str, void *)');
const stringOf = gobject.func('str g_value_get_string(void *)');
/** Bytes of a GValue. */
const valueSize = 24;

function answer({ launch, element, property }: Asked): Answer {
  const error = [null];
  const pipeline = parseLaunch(launch, error);
  if (error[0] !== null) return { error: koffi.decode(error[0], gErrorType).message, elements: 0 };
  const value = Buffer.alloc(valueSize);
  initValue(value, typeOf('gchararray'));
  getProperty(byName(pipeline, element), property, value);
  return { elements: childrenCount(pipeline), value: stringOf(value) };
}

init(null, null);
const asked = JSON.parse(readFileSync(0, 'utf8')) as Asked[];
process.stdout.write(JSON.stringify(asked.map(answer)));
