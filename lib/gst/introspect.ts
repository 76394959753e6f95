/** Asks the installed GStreamer what it has, in a process of its own: plugins may crash, and leave only their element out. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Fault } from '../errors.ts';
import type { ElementInfo } from '../graph/catalogue/types.ts';
import type { Told } from './child/introspect.ts';
import { childEnvironment } from './child-environment.ts';
import { type ChildFiles, childFiles } from './entry.ts';
import { pluginRegistry } from './registry.ts';

/** Longest round over all elements, in milliseconds; it takes two seconds where nothing is wrong. */
const roundTimeout = 120_000;
/** Elements that may crash before the installation is given up. */
const maxCrashes = 50;

export interface Introspection {
  /** Such as `1.22.0`. */
  version: string;
  elements: ElementInfo[];
  /** Elements that could not be asked, each with why: no pipeline could use them either. */
  leftOut: Array<{ name: string; cause: string }>;
}

export interface IntrospectOptions {
  env: NodeJS.ProcessEnv;
  scratchRoot: string;
  files?: ChildFiles;
}

/** @throws Fault CHILD_START */
export async function introspect({ env, scratchRoot, files = childFiles() }: IntrospectOptions): Promise<Introspection> {
  const registry = await pluginRegistry({ env, scan: files.scan });
  const environment = childEnvironment({ env, registry, scratchRoot });
  const leftOut: Introspection['leftOut'] = [];
  for (;;) {
    const round = await ask(files.introspect, environment, leftOut);
    if (round.end === undefined)
      return { version: round.version, elements: round.elements, leftOut: [...leftOut, ...round.unloadable] };
    if (round.at === undefined || leftOut.length >= maxCrashes) {
      throw new Fault('CHILD_START', { cause: `GStreamer could not be asked for its elements: ${round.end}` });
    }
    leftOut.push({ name: round.at, cause: round.end });
  }
}

interface Round {
  version: string;
  elements: ElementInfo[];
  unloadable: Introspection['leftOut'];
  /** The element in hand at the end. */
  at: string | undefined;
  /** How the process ended, unless well. */
  end: string | undefined;
}

async function ask(entry: string, env: Record<string, string>, leftOut: Introspection['leftOut']): Promise<Round> {
  const child = spawn(process.execPath, [entry, ...leftOut.map(({ name }) => name)], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: roundTimeout,
    killSignal: 'SIGKILL',
  });
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const round: Round = { version: '', elements: [], unloadable: [], at: undefined, end: undefined };
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{') || !line.endsWith('}')) continue; // what a plugin prints, or the rest of a line that a crash cut
    const told = JSON.parse(line) as Told;
    if ('version' in told) round.version = told.version;
    else if ('at' in told) round.at = told.at;
    else if ('element' in told) round.elements.push(told.element);
    else round.unloadable.push({ name: told.unloadable, cause: told.cause });
  }
  const [code, signal] = await closed;
  if (code !== 0) round.end = `it ended by ${signal ?? `status ${code}`}`;
  return round;
}
