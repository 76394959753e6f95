/** What this thread has computed so far, in milliseconds: other work of the machine takes nothing away and adds nothing. */
export function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
