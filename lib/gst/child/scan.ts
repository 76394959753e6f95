/** Loads GStreamer once, so that it writes the registry of its plugins to GST_REGISTRY; then ends. */
import { createRequire } from 'node:module';
import { exitNow } from './ffi.ts';

createRequire(import.meta.url)('gstreamer-superficial');
exitNow(0);
