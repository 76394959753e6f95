/** Processes that are measured: time, CPU and memory, from /proc. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf } from '../test/support/engine.ts';
import type { Cost } from './samples.ts';

const ticksPerSecond = 100; // USER_HZ, the same on every Linux

/** CPU seconds of a process, of its children that live, and of those that it has waited for. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) / ticksPerSecond;
  const children = await Promise.all((await childrenOf(pid)).map(cpuOf));
  return children.reduce((sum, cpu) => sum + cpu, own);
}

/** Milliseconds in which a process that is at work takes some CPU for sure. */
const restlessTime = 100;

/** CPU seconds as above, once a process and its children have no more work. */
export async function cpuAtRest(pid: number): Promise<number> {
  for (let last = Number.NaN; ; ) {
    const cpu = await cpuOf(pid);
    if (cpu === last) return cpu;
    last = cpu;
    await sleep(restlessTime);
  }
}

/** CPU seconds of the children of this process that have ended. */
async function ended(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/** Runs a program to its end. Nothing else may end meanwhile that this process has started. */
export async function runProgram(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Cost> {
  const before = await ended();
  const begun = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const wall = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${said}`);
  return { wall, cpu: (await ended()) - before };
}

/** A launch line whose texts hold no blanks. */
export const runLaunch = (line: string): Promise<Cost> => runProgram('gst-launch-1.0', ['-q', ...line.trim().split(/\s+/)]);

/** From exec to its pipeline being PLAYING; resolves when it has ended. */
export async function launchToPlaying(line: string): Promise<Cost> {
  const begun = performance.now();
  const child = spawn('gst-launch-1.0', line.trim().split(/\s+/), { stdio: ['ignore', 'pipe', 'ignore'] });
  let wall: number | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('PLAYING')) wall ??= (performance.now() - begun) / 1000;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || wall === undefined) throw new Error(`gst-launch-1.0 ${line} ended with ${code}`);
  return { wall, cpu: 0 };
}

async function statusOf(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
}

/** MiB that are resident now, and the most since `forgetPeak`. */
export const residentOf = (pid: number): Promise<number> => statusOf(pid, 'VmRSS');
export const peakOf = (pid: number): Promise<number> => statusOf(pid, 'VmHWM');
export const forgetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5');
export const openFiles = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length;
