/**
 * The scratch folder of one process, below SCRATCH_DIR. A volume outlives the process that was killed: its name tells
 * the next one that nobody is at work there any more.
 */
import fs from 'node:fs'; // its promises are loaded when they are used, which is after the first child has started
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../lib/errors.ts';
import { makeFolder } from '../../lib/make-folder.ts';

const namePattern = /^transcode\.(.+)\.(\d+)\.(\d+)$/;

/** Makes the folder of this process, and removes those of processes of this host that have ended. */
export function ownScratch(scratchDir: string): { path: string; remove(): Promise<void> } {
  makeFolder(scratchDir);
  for (const name of fs.readdirSync(scratchDir)) {
    if (isLeftBehind(name)) fs.rmSync(join(scratchDir, name), { recursive: true, force: true });
  }
  const path = join(scratchDir, `transcode.${hostname()}.${process.pid}.${startOf(process.pid)}`);
  fs.mkdirSync(path, { recursive: true });
  return { path, remove: () => fs.promises.rm(path, { recursive: true, force: true }) };
}

/**
 * Makes the folder of one run, with `folders` in it: all, or none.
 *
 * @throws Fault SCRATCH_FULL
 */
export async function makeRunFolder(path: string, folders: string[]): Promise<void> {
  try {
    await fs.promises.mkdir(path, { recursive: true });
    for (const folder of folders) await fs.promises.mkdir(folder); // one by one: none is on its way when another fails
  } catch (error) {
    await fs.promises.rm(path, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new Fault('SCRATCH_FULL', { path }, { cause: error });
    throw error;
  }
}

function isLeftBehind(name: string): boolean {
  const [, host, pid, start] = namePattern.exec(name) ?? [];
  // of another host nothing can be told: pods may share a volume
  return host === hostname() && startOf(Number(pid)) !== start;
}

/** When the process began, in clock ticks since boot: tells it from an earlier one of the same number. */
function startOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
