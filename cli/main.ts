#!/usr/bin/env node
/** The gst-functions command. */
import { CommanderError } from 'commander';
import { exitCode, printFault } from './exit.ts';
import { program } from './program.ts';

// whoever reads it has enough (`… | head`): the work goes on, unseen
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    printFault(error, process.argv.includes('--json'));
    process.exitCode = exitCode(error);
  }
}
