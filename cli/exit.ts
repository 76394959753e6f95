/** Exit status of the command: 0 done, 2 the input or the configuration is at fault, 1 anything else. */
import type { Fault } from '../lib/errors.ts';
import type { Finding } from '../lib/finding.ts';

/** Of a command that a signal stopped, as shells have it: 128 and the number of the signal. */
export const statusOfSignal = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export type EndSignal = keyof typeof statusOfSignal;

/** What a person can mend in their own files or arguments. */
export class UsageError extends Error {
  override name = 'UsageError';
  /** Where the fault lies in files: each place. */
  readonly findings?: readonly Finding[];

  constructor(message: string, findings?: readonly Finding[]) {
    super(message);
    if (findings) this.findings = findings;
  }
}

/** By its name: what is thrown in a bundle of its own is of that bundle's class. */
const isFault = (error: unknown): error is Fault => error instanceof Error && error.name === 'Fault';

/** Of the system, about a path that was given: it is not there, is of another kind, or may not be used. */
const pathFaults: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of it is no folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it is no folder',
  EACCES: 'it may not be used by this user',
  EPERM: 'it may not be used by this user',
  EROFS: 'it lies on what can only be read',
};

/** In words, where it is one of a path that was given. */
export function pathCause(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', path, syscall } = error as NodeJS.ErrnoException;
  if (path !== undefined && code === 'ENOENT' && syscall === 'mkdir') return 'no folder can be made there';
  return path !== undefined && Object.hasOwn(pathFaults, code) ? pathFaults[code] : undefined;
}

function pathFault(error: unknown): string | undefined {
  const cause = pathCause(error);
  return cause && `${(error as NodeJS.ErrnoException).path || '""'}: ${cause}`;
}

export function exitCode(error: unknown): 1 | 2 {
  if (error instanceof UsageError || pathFault(error) !== undefined) return 2;
  if (isFault(error) && (error.class === 'permanent' || error.class === 'malformed')) return 2;
  return 1;
}

export function printFault(error: unknown, json: boolean): void {
  const fault = isFault(error) ? error : undefined;
  const message = pathFault(error) ?? (error instanceof Error ? error.message : String(error));
  if (json) {
    const data = fault
      ? { code: fault.code, class: fault.class, message, remedy: fault.remedy, element: fault.element }
      : { message, ...(error instanceof UsageError && { findings: error.findings }) };
    process.stdout.write(`${JSON.stringify({ error: data })}\n`);
    return;
  }
  process.stderr.write(`error: ${message}\n`);
  if (fault)
    process.stderr.write(
      `  code: ${fault.code}${fault.element ? `, element ${fault.element}` : ''}\n  remedy: ${fault.remedy}\n`,
    );
  else if (!(error instanceof UsageError) && error instanceof Error && error.stack && process.env.DEBUG)
    process.stderr.write(`${error.stack}\n`);
}
