/**
 * First stage of the child where there is no perl: is bound by the Landlock ruleset, then becomes the second stage.
 * Landlock binds only the calling thread and what comes after it, and Node has threads already: exec is what makes it
 * cover the whole process.
 *
 *     stage1.ts RULESET COMMAND...
 */
import { closeSync } from 'node:fs';
import koffi from '../koffi.ts';
import { allowOwnProcess, restrictSelf } from '../landlock.ts';

const libc = koffi.load('libc.so.6');
const execv = libc.func('int execv(const char *path, const char **argv)');
const fcntl = libc.func('int fcntl(int fd, int command, ...)');
const setFlags = 2; // F_SETFD
const ipcFd = 3;

const [, , ruleset, ...command] = process.argv;
allowOwnProcess(Number(ruleset));
restrictSelf(Number(ruleset));
closeSync(Number(ruleset));
// Node takes these out of the environment at its start, and marks the fds close-on-exec: the second stage needs both
process.env.NODE_CHANNEL_FD = String(ipcFd);
process.env.NODE_CHANNEL_SERIALIZATION_MODE = 'json';
for (const fd of [0, 1, 2, ipcFd]) fcntl(fd, setFlags, 'int', 0);

execv(command[0], [...command, null]);
throw new Error(`${command[0]} could not be started (errno ${koffi.errno()})`);
