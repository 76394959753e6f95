/** What a child may reach: the libraries and the program to read, its scratch to write, and nothing else. */
import { realpathSync } from 'node:fs';
import type { ChildFiles } from './entry.ts';
import type { Confinement } from './protocol.ts';

/** The dynamic linker is among them: it is what exec starts. */
const libraries = ['/lib', '/lib64', '/usr/lib', '/usr/lib64'];
/** Names of hosts, certificates, fonts, time: small files that libraries look at. */
const readOnly = [
  '/usr',
  '/etc/ld.so.cache',
  '/etc/ssl',
  '/etc/ca-certificates',
  '/etc/pki',
  '/etc/fonts',
  '/etc/localtime',
  '/etc/hosts',
  '/etc/host.conf',
  '/etc/resolv.conf',
  '/etc/nsswitch.conf',
  '/etc/gai.conf',
  '/proc/self',
  '/proc/cpuinfo',
  '/proc/meminfo',
  '/sys/devices/system/cpu',
  '/dev/urandom',
  '/dev/zero',
  '/dev/null',
];

export interface ConfinementOptions {
  files: ChildFiles;
  registry: string;
  scratchRoot: string;
  /** Files and folders where local sources and certificates lie. */
  readable: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** First layer, before the job is known. */
export function confinementOf({ files, registry, scratchRoot, readable, env }: ConfinementOptions): Confinement {
  const plugins = [env.GST_PLUGIN_PATH, env.GST_PLUGIN_PATH_1_0, env.GST_PLUGIN_SYSTEM_PATH, env.GST_PLUGIN_SYSTEM_PATH_1_0];
  const folders = [...plugins, env.GIO_MODULE_DIR, env.LD_LIBRARY_PATH].flatMap((list) => list?.split(':').filter(Boolean) ?? []);
  const compileCache = env.NODE_COMPILE_CACHE ? [env.NODE_COMPILE_CACHE] : [];
  return {
    read: [...readOnly, ...folders, ...files.program, registry, ...compileCache, ...readable],
    execute: [...libraries, realpathSync(process.execPath)], // the second stage; and then never again
    write: [scratchRoot, '/dev/null'],
  };
}

export interface RunReach {
  scratch: string;
  /** What of the places for local sources this run reads. */
  readable: string[];
  port?: number;
}

/** Second layer: this run's own folder, its one source, the one port of its storage; no other place for local sources. */
export function narrowed(first: Confinement, run: RunReach, places: readonly string[]): Confinement {
  const program = first.read.filter((path) => !places.includes(path));
  return {
    read: [...program, ...libraries, ...run.readable],
    execute: [],
    write: [run.scratch, '/dev/null'],
    connect: run.port === undefined ? [] : [run.port],
  };
}
