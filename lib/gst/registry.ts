/**
 * The plugin registry that children read. A child never scans: in the sandbox it could not write the result, and a
 * scan takes longer than a short job. An image bakes one in (GST_REGISTRY); elsewhere it is made once, in a cache.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs'; // its promises are loaded when they are used, which an image never does
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Fault } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { childEnvironment } from './child-environment.ts';

/** Longest scan of all plugins, in milliseconds; it takes half a second where nothing is wrong. */
const scanTimeout = 60_000;

export interface RegistryOptions {
  env: NodeJS.ProcessEnv;
  /** Folder to keep it in where the environment names none. */
  cacheDir?: string;
  /** Entry file that loads GStreamer and ends. */
  scan: string;
}

/** Made by this process. */
let drafts = 0;

/** Path of a registry that exists and is newer than the plugins. @throws Fault CHILD_START */
export async function pluginRegistry({ env, cacheDir, scan }: RegistryOptions): Promise<string> {
  if (env.GST_REGISTRY && fs.existsSync(env.GST_REGISTRY)) return env.GST_REGISTRY;
  const folder = cacheDir ?? join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gst-functions');
  const registry = join(folder, `registry.${process.arch}.bin`);
  const made = await changed(registry);
  if (made !== undefined && made > (await newestPluginFolder(env))) return registry;
  makeFolder(folder);
  const draft = `${registry}.${process.pid}.${++drafts}`; // others may make it at the same time, in this process too
  try {
    await scanPlugins(scan, draft, env);
    await fs.promises.rename(draft, registry);
  } catch (error) {
    await fs.promises.rm(draft, { force: true });
    throw new Fault(
      'CHILD_START',
      { cause: `the plugin registry could not be made: ${(error as Error).message}` },
      { cause: error },
    );
  }
  return registry;
}

async function scanPlugins(scan: string, registry: string, env: NodeJS.ProcessEnv): Promise<void> {
  const environment = childEnvironment({ env, registry, scratchRoot: dirname(registry) });
  const child = spawn(process.execPath, [scan], {
    env: { ...environment, GST_REGISTRY_UPDATE: 'yes', GST_REGISTRY_FORK: 'yes' }, // a plugin that crashes ends the scanner only
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: scanTimeout,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`the scan ended by ${signal ?? `status ${code}`}: ${said.trim()}`);
}

async function changed(path: string): Promise<number | undefined> {
  return fs.promises.stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/** When plugins were last added or removed, where that can be told. */
async function newestPluginFolder(env: NodeJS.ProcessEnv): Promise<number> {
  const named = [env.GST_PLUGIN_SYSTEM_PATH_1_0, env.GST_PLUGIN_SYSTEM_PATH, env.GST_PLUGIN_PATH_1_0, env.GST_PLUGIN_PATH];
  const folders = named.flatMap((list) => list?.split(':') ?? []).filter(Boolean);
  const libraries = await fs.promises.readdir('/usr/lib').catch(() => []);
  for (const library of ['', ...libraries]) folders.push(join('/usr/lib', library, 'gstreamer-1.0'));
  const times = await Promise.all(folders.map(changed));
  return Math.max(0, ...times.filter((time) => time !== undefined));
}
