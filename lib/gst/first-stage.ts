/**
 * How a child is bound before it is anything: by a short first stage, which the ruleset is handed to, and which becomes
 * the second by exec. Landlock binds only the thread that asks for it and what that makes from then on: so it covers all
 * threads of the child, from their first instruction on, and none of this process.
 */
import { existsSync } from 'node:fs';
import { Fault } from '../errors.ts';
import type { ChildFiles } from './entry.ts';
import type { Confinement } from './protocol.ts';

export interface FirstStage {
  /** Of Landlock. */
  abi: number;
  /** File descriptor of this process, which the caller closes. */
  ruleset: number;
  command: string;
  /** What comes before the file that the second stage runs; `fd` is that of the ruleset in the child. */
  args(fd: number): string[];
}

const perl = '/usr/bin/perl';
/** Of prctl, in asm/unistd.h of these architectures; perl has to be told. */
const prctlNumbers: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167 };

/**
 * Undefined where the kernel has no Landlock, or has it switched off.
 *
 * @throws Fault CHILD_START where the ruleset cannot be made
 */
export async function firstStage(files: ChildFiles, confinement: Confinement): Promise<FirstStage | undefined> {
  try {
    // the add-on that it calls the kernel by is not there where nothing is transcoded
    const { landlockAbi, makeRuleset, ownProcess } = await import('./landlock.ts');
    const abi = landlockAbi();
    if (abi === 0) return undefined;
    // here it would mean this process: the stage adds its own
    const read = confinement.read.filter((path) => path !== ownProcess);
    return { abi, ruleset: makeRuleset({ ...confinement, read }, abi, { scoped: true }), ...commandOf(files) };
  } catch (error) {
    throw new Fault('CHILD_START', { cause: (error as Error).message }, { cause: error });
  }
}

function commandOf({ stage1, stage1Perl }: ChildFiles): Pick<FirstStage, 'command' | 'args'> {
  const { arch, execPath } = process;
  const prctl = prctlNumbers[arch];
  const withPerl = prctl !== undefined && existsSync(perl) && existsSync(stage1Perl);
  if (!withPerl) return { command: execPath, args: (fd) => [stage1, String(fd), execPath] };
  return { command: perl, args: (fd) => [stage1Perl, String(prctl), String(fd), execPath] };
}
