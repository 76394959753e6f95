/** Memory of a process and of the container that it runs in, in bytes, from /proc and /sys/fs/cgroup. */
import { readFile } from 'node:fs/promises';

/** Resident memory, or undefined where the process has ended. */
export async function residentMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** How often the kernel ended a process of this container for want of memory. */
export async function outOfMemoryKills(): Promise<number> {
  const events = await readFile('/sys/fs/cgroup/memory.events', 'latin1').catch(() => '');
  return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
}

/** What the container may use, or undefined where there is no limit. */
export async function containerMemory(): Promise<number | undefined> {
  const limit = (await readFile('/sys/fs/cgroup/memory.max', 'latin1').catch(() => 'max')).trim();
  return limit === 'max' ? undefined : Number(limit);
}
