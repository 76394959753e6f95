/**
 * First stage of the child: binds itself by Landlock, then becomes the second stage. Landlock binds only the calling
 * thread and what comes after it, and Node has threads already: exec is what makes it cover the whole process.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import koffi from 'koffi';
import { abiVariable, type Confinement, confinementVariable } from '../protocol.ts';
import { confine, landlockAbi } from './landlock.ts';

const libc = koffi.load('libc.so.6');
const execv = libc.func('int execv(const char *path, const char **argv)');
const fcntl = libc.func('int fcntl(int fd, int command, ...)');
const setFlags = 2; // F_SETFD
const ipcFd = 3;

// where memory runs out the kernel ends this process, not the server that started it
try {
  const fd = openSync('/proc/self/oom_score_adj', 'w');
  writeSync(fd, '1000');
  closeSync(fd);
} catch {
  // a kernel without it, or a container that forbids it: the watchdog's own limit stays
}

const abi = landlockAbi();
if (abi > 0) {
  const confinement = JSON.parse(process.env[confinementVariable] ?? '') as Confinement;
  confine(confinement, abi, { scoped: true });
}
delete process.env[confinementVariable];
process.env[abiVariable] = String(abi);
// Node takes these out of the environment at its start, and marks the fds close-on-exec: the second stage needs both
process.env.NODE_CHANNEL_FD = String(ipcFd);
process.env.NODE_CHANNEL_SERIALIZATION_MODE = 'json';
for (const fd of [0, 1, 2, ipcFd]) fcntl(fd, setFlags, 'int', 0);

const main = fileURLToPath(import.meta.url).replace(/stage1(\.[jt]s)$/, 'main$1');
execv(process.execPath, [process.execPath, ...process.execArgv, main, null]);
throw new Error(`the second stage could not be started (errno ${koffi.errno()})`);
