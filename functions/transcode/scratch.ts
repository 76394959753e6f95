/**
 * The scratch folder of one process, below SCRATCH_DIR. A volume outlives the process that was killed: its name tells
 * the next one that nobody is at work there any more.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../lib/errors.ts';

const namePattern = /^transcode\.(.+)\.(\d+)\.(\d+)$/;

/** Makes the folder of this process, and removes those of processes of this host that have ended. */
export async function ownScratch(scratchDir: string): Promise<{ path: string; remove(): Promise<void> }> {
  await mkdir(scratchDir, { recursive: true });
  for (const name of await readdir(scratchDir)) {
    if (await isLeftBehind(name)) await rm(join(scratchDir, name), { recursive: true, force: true });
  }
  const path = join(scratchDir, `transcode.${hostname()}.${process.pid}.${await startOf(process.pid)}`);
  await mkdir(path, { recursive: true });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Makes the folder of one run, with `folders` in it: all, or none.
 *
 * @throws Fault SCRATCH_FULL
 */
export async function makeRunFolder(path: string, folders: string[]): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    for (const folder of folders) await mkdir(folder); // one by one: none is on its way when another fails
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new Fault('SCRATCH_FULL', { path }, { cause: error });
    throw error;
  }
}

async function isLeftBehind(name: string): Promise<boolean> {
  const [, host, pid, start] = namePattern.exec(name) ?? [];
  // of another host nothing can be told: pods may share a volume
  return host === hostname() && (await startOf(Number(pid))) !== start;
}

/** When the process began, in clock ticks since boot: tells it from an earlier one of the same number. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
