/**
 * Tells whether a buffer has come to a pad, without any code of ours on the streaming threads.
 *
 * A probe is set whose callback is `gst_pad_get_direction`: on a sink pad it returns GST_PAD_SINK, which is 2 and thus
 * GST_PAD_PROBE_REMOVE, so the first buffer takes the probe away again; and the probe's destroy notify is
 * `g_atomic_int_inc` on a counter of ours. All of it is C, so it costs nothing after the first buffer, and no
 * JavaScript has to run on another thread.
 */
import { addressOf, allocate, binGetByName, objectName, objectUnref, padAddProbe, readInt } from './ffi.ts';
import { eachSinkPad } from './walk.ts';

const bufferProbes = 0x30; // GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST
const counterBytes = 4;
// looked up before plugins are loaded: the linker has one lock for both, and libav holds it for 50 ms
const removeItself = addressOf('libgstreamer-1.0.so.0', 'gst_pad_get_direction');
const count = addressOf('libglib-2.0.so.0', 'g_atomic_int_inc');

export interface FirstBuffers {
  /** By element and pad: has a buffer come? Only while the pipeline has its pads. */
  seen(): Record<string, Record<string, boolean>>;
}

export function watchFirstBuffers(pipeline: bigint, elements: string[]): FirstBuffers {
  const counters: Array<{ element: string; pad: string; counter: bigint }> = [];
  for (const element of elements) {
    const pointer = binGetByName(pipeline, element);
    if (pointer === null) continue;
    eachSinkPad(pointer, (pad) => {
      const counter = allocate(counterBytes);
      padAddProbe(pad, bufferProbes, removeItself, counter, count);
      counters.push({ element, pad: objectName(pad), counter });
    });
    objectUnref(pointer);
  }
  return {
    seen() {
      const seen: Record<string, Record<string, boolean>> = {};
      for (const { element, pad, counter } of counters) {
        seen[element] ??= {};
        seen[element][pad] = readInt(counter) > 0;
      }
      return seen;
    },
  };
}
