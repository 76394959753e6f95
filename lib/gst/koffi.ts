/**
 * koffi, by its add-on: the package around it, which looks for the right one and wraps what is deprecated, takes 5 ms of
 * each child's start, the add-on one.
 */
import { createRequire } from 'node:module';
import type koffi from 'koffi';

type Koffi = typeof koffi;

const require = createRequire(import.meta.url);

function load(): Koffi {
  const { arch } = process;
  try {
    return require(`@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`) as Koffi;
  } catch {
    return require('koffi') as Koffi; // compiled on this machine, or another libc
  }
}

export default load();
