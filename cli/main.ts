#!/usr/bin/env node
/** The gst-functions command. */
import { exitCode, printFault, UsageError } from './exit.ts';

const wantsJson = process.argv.includes('--json');

try {
  const [command, name, ...more] = process.argv.slice(2);
  // what a container starts with needs no reading of options, and nothing that can wait until its work has begun
  if (command === 'serve' && name !== undefined && !name.startsWith('-') && more.length === 0) {
    const { serveFunction } = await import('./serve/index.ts');
    await serveFunction(name);
  } else {
    await runProgram();
  }
} catch (error) {
  if (isCommanderError(error)) {
    process.exitCode = error.exitCode === 0 ? 0 : 2; // it has said why, to people
    if (error.exitCode !== 0 && wantsJson) printFault(new UsageError(error.message.replace(/^error: /, '')), true);
  } else {
    printFault(error, wantsJson);
    process.exitCode = exitCode(error);
  }
}

async function runProgram(): Promise<void> {
  const { passOverBrokenPipe } = await import('../lib/runtime/broken-pipe.ts');
  for (const stream of [process.stdout, process.stderr]) passOverBrokenPipe(stream);
  const { program } = await import('./program.ts');
  await program.parseAsync();
}

/** By its name: the class is loaded with the options alone. */
function isCommanderError(error: unknown): error is Error & { exitCode: number } {
  return error instanceof Error && error.name === 'CommanderError';
}
