/**
 * Landlock (Linux ≥ 5.13, no privilege needed): what is bound by a ruleset reaches only what that names. Rulesets stack,
 * so a second one can only take more away. Numbers are those of linux/landlock.h and of asm-generic/unistd.h, which x86-64 and arm64 share.
 */
import { closeSync, openSync, statSync } from 'node:fs';
import koffi from './koffi.ts';
import type { Confinement } from './protocol.ts';

const libc = koffi.load('libc.so.6');
const syscall = libc.func('long syscall(long number, ...)');
const prctl = libc.func('int prctl(int option, ulong arg2, ulong arg3, ulong arg4, ulong arg5)');

const createRuleset = 444;
const addRule = 445;
const restrict = 446;
const createVersion = 1; // LANDLOCK_CREATE_RULESET_VERSION
const rulePathBeneath = 1;
const ruleNetPort = 2;
const setNoNewPrivs = 38; // PR_SET_NO_NEW_PRIVS
const openPath = 0o10000000; // O_PATH: a handle for the rule, no reading

const execute = 1n << 0n;
const writeFile = 1n << 1n;
const readFile = 1n << 2n;
const readDir = 1n << 3n;
const truncate = 1n << 14n; // ABI 3
const ioctlDev = 1n << 15n; // ABI 5
const read = readFile | readDir;
/** Rights that a rule on a single file may carry. */
const fileRights = execute | writeFile | readFile | truncate | ioctlDev;
const bindTcp = 1n << 0n; // ABI 4
const connectTcp = 1n << 1n; // ABI 4
const scopes = 0b11n; // abstract sockets and signals of processes outside, ABI 6

/** ABI from which TCP ports can be bound. */
export const tcpAbi = 4;
const scopeAbi = 6;

/** 0 where the kernel has no Landlock, or has it switched off. */
export function landlockAbi(): number {
  return Math.max(0, Number(syscall(createRuleset, 'void *', null, 'size_t', 0, 'uint32_t', createVersion)));
}

/** Every right on files that this ABI knows: what a rule does not give is refused. */
function handledFiles(abi: number): bigint {
  let rights = (1n << 13n) - 1n;
  if (abi >= 2) rights |= 1n << 13n; // refer
  if (abi >= 3) rights |= truncate;
  if (abi >= 5) rights |= ioctlDev;
  return rights;
}

/**
 * A ruleset that lets `confinement` be reached, as a file descriptor that the caller closes. `scoped` also takes away
 * signals to, and abstract sockets of, processes outside.
 *
 * @throws Error with the step that failed
 */
export function makeRuleset(confinement: Confinement, abi: number, { scoped = false } = {}): number {
  const files = handledFiles(abi);
  const attributes = Buffer.alloc(24);
  attributes.writeBigUInt64LE(files, 0);
  const { connect } = confinement;
  attributes.writeBigUInt64LE(abi >= tcpAbi ? bindTcp | (connect ? connectTcp : 0n) : 0n, 8);
  attributes.writeBigUInt64LE(scoped && abi >= scopeAbi ? scopes : 0n, 16);
  const size = abi >= scopeAbi ? 24 : abi >= tcpAbi ? 16 : 8;
  const ruleset = check('create', syscall(createRuleset, 'void *', attributes, 'size_t', size, 'uint32_t', 0));
  try {
    for (const path of confinement.read) allowPath(ruleset, path, read, files);
    for (const path of confinement.execute) allowPath(ruleset, path, read | execute, files);
    for (const path of confinement.write) allowPath(ruleset, path, files & ~execute, files);
    if (abi >= tcpAbi) for (const port of connect ?? []) allowPort(ruleset, port);
    return ruleset;
  } catch (error) {
    closeSync(ruleset);
    throw error;
  }
}

/** What a process may read of itself; of which process that is the caller must make sure. */
export const ownProcess = '/proc/self';

/** Adds the process that calls it to a ruleset that another one has made. @throws Error with the step that failed */
export const allowOwnProcess = (ruleset: number): void => allowPath(ruleset, ownProcess, read, read);

/**
 * Binds the calling thread, and the threads and processes that it makes from then on. They get no new privileges either.
 *
 * @throws Error with the step that failed
 */
export function restrictSelf(ruleset: number): void {
  check('no_new_privs', prctl(setNoNewPrivs, 1, 0, 0, 0));
  check('restrict', syscall(restrict, 'int', ruleset, 'uint32_t', 0));
}

function allowPath(ruleset: number, path: string, rights: bigint, handled: bigint): void {
  let handle: number;
  try {
    handle = openSync(path, openPath);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const allowed = rights & handled & (statSync(path).isDirectory() ? handled : fileRights);
    const rule = Buffer.alloc(12); // struct landlock_path_beneath_attr, packed
    rule.writeBigUInt64LE(allowed, 0);
    rule.writeInt32LE(handle, 8);
    check(`allow ${path}`, syscall(addRule, 'int', ruleset, 'int', rulePathBeneath, 'void *', rule, 'uint32_t', 0));
  } finally {
    closeSync(handle);
  }
}

function allowPort(ruleset: number, port: number): void {
  const rule = Buffer.alloc(16);
  rule.writeBigUInt64LE(connectTcp, 0);
  rule.writeBigUInt64LE(BigInt(port), 8);
  check(`allow port ${port}`, syscall(addRule, 'int', ruleset, 'int', ruleNetPort, 'void *', rule, 'uint32_t', 0));
}

function check(step: string, result: number | bigint): number {
  if (Number(result) < 0) throw new Error(`landlock: ${step} failed (errno ${koffi.errno()})`);
  return Number(result);
}
