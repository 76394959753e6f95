/** Keeps V8 from taking memory that would only let it collect garbage less often. */
import { setFlagsFromString } from 'node:v8';

/**
 * Both flags are read whenever V8 decides on a size, so they may be set while it runs; `--max-semi-space-size` and
 * `--max-old-space-size` may not. To be called once a process has started, which makes more of the first kind.
 */
const flags = [
  // The space for new objects stays as large as it is: 16 MiB at the end of a start. It would double while work goes on, up
  // to 128 MiB on a large machine, and be given back only when V8 finds itself at rest.
  '--semi-space-growth-factor=1',
  // Older garbage is collected when that space has grown by a fifth (8 MiB at least); else it may come to four times what
  // is in use. A collection takes about 20 ms, and is due after some hundred objects.
  '--heap-growing-percent=20',
];

export function keepHeapSmall(): void {
  for (const flag of flags) setFlagsFromString(flag);
}
