/** The processes of this machine, as /proc has them. */
import { readdir, readFile } from 'node:fs/promises';

export interface ProcessInfo {
  pid: number;
  parent: number;
  command: string;
  /** In ticks since the machine started: with the id it names a process for good, which may become another command by exec. */
  begun: string;
}

/** In /proc/PID/stat, counted from the state on. */
const startTime = 19;

async function processes(): Promise<ProcessInfo[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(
    pids.map(async (pid) => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const [state, parent] = fields;
        // one that has ended and is only waited for is none
        if (state === 'Z' || state === 'X') return [];
        const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
        return [{ pid, parent: Number(parent), command, begun: fields[startTime] ?? '' }];
      } catch {
        return []; // it went meanwhile
      }
    }),
  );
  return all.flat();
}

/** The process and all that came from it, as long as their parents live. */
export async function processTree(root: number): Promise<ProcessInfo[]> {
  const all = await processes();
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

/** Those of `known` that have not ended. */
export async function stillThere(known: readonly ProcessInfo[]): Promise<ProcessInfo[]> {
  const all = await processes();
  return known.filter(({ pid, begun }) => all.some((one) => one.pid === pid && one.begun === begun));
}
