/** What GStreamer itself says of texts, asked in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Questions {
  values?: Array<[element: string, property: string, text: string]>;
  caps?: string[];
  /** Indexes into `caps`. */
  pairs?: Array<[number, number]>;
}

/** Whether each value and each caps text is read, and whether the caps of each pair can meet. */
export async function askGStreamer({
  values = [],
  caps = [],
  pairs = [],
}: Questions): Promise<{ values: boolean[]; caps: boolean[]; pairs: boolean[] }> {
  const entry = fileURLToPath(new URL('./gst-values.ts', import.meta.url));
  const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  child.stdin.end(JSON.stringify({ values, caps, pairs }));
  const said = await text(child.stdout);
  const [code, signal] = await closed;
  if (code !== 0) throw new Error(`the question ended by ${signal ?? code}`);
  return JSON.parse(said);
}
