/** Keeps V8 from taking memory that would only let it collect garbage less often, or run code faster that mostly waits. */
import { setFlagsFromString } from 'node:v8';

/**
 * V8 reads these whenever it decides on a size or on code, so they may be set while it runs; `--max-semi-space-size` and
 * `--max-old-space-size` may not. To be called once a process has started, which makes more of the first kind, and has
 * loaded its code: V8 takes none from the compile cache that was kept under other flags.
 */
const flags = [
  // The space for new objects stays as large as it is: 16 MiB at the end of a start. It would double while work goes on, up
  // to 128 MiB on a large machine, and be given back only when V8 finds itself at rest.
  '--semi-space-growth-factor=1',
  // Older garbage is collected when that space has grown by a fifth (8 MiB at least); else it may come to four times what
  // is in use. A collection takes about 20 ms, and is due after some sixty objects.
  '--heap-growing-percent=20',
  // Code is compiled, but not optimized. The compilers that would do it are 5 MiB of Node which nothing else reads, they
  // leave as much behind in malloc, and their code takes 3 MiB. An object costs 2 to 3 ms of CPU more then, of 370 with its
  // pipeline, and the first thirty cost less; large ones cost the same, for what moves bytes is no JavaScript.
  '--no-turbofan',
  '--no-maglev',
];

export function keepHeapSmall(): void {
  for (const flag of flags) setFlagsFromString(flag);
}
