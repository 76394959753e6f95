#!/usr/bin/env node
/** The gst-functions command. */
import { CommanderError } from 'commander';
import { exitCode, printFault } from './exit.ts';
import { program } from './program.ts';

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
