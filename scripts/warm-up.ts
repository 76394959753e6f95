/**
 * Loads every bundle beside this one, with its parts, so that Node keeps their compiled code in NODE_COMPILE_CACHE: run once, when an
 * image is made, by the user and at the path of later. Loading a function has no effect; it starts when it is told to.
 */
import { readdir } from 'node:fs/promises';
import { flushCompileCache, getCompileCacheDir } from 'node:module';

const self = import.meta.url;

for (const file of await readdir(new URL('./', self))) {
  // the command and the files of the child act when they are loaded
  if (!file.endsWith('.js') || /^gst-(functions|child)/.test(file) || self.endsWith(`/${file}`)) continue;
  try {
    const { load } = await import(new URL(file, self).href);
    await load?.();
  } catch (error) {
    // add-ons are in the image of transcode alone, so what needs them is never loaded in the other
    if (!/Cannot find (module|package) '(koffi|gstreamer-superficial|@resvg\/resvg-js)'/.test(String(error))) throw error;
  }
}
flushCompileCache();
const folder = getCompileCacheDir();
if (folder === undefined || (await readdir(folder)).length === 0) throw new Error('nothing was kept: is NODE_COMPILE_CACHE set?');
