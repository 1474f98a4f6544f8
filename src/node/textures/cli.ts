#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { version } from '../../support/version';
import { errorCode, errorMessage } from '../files/fileError';
import { npxLine } from './npxLine';

/** The exit code where nothing ran. */
const unusable = 2;

void main();

async function main(): Promise<void> {
  try {
    // Imported here, not above: where a package is absent, an import above would fail before this could say what to do.
    const { texturesCommand, workerCommand, workerMain } = await import('./index');
    if (process.argv[2] === workerCommand) workerMain();
    else await program(texturesCommand()).parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

function program(textures: Command): Command {
  const command = new Command('tfjs-nonsemantic-negatives').version(version).exitOverride();
  return command.addCommand(textures.copyInheritedSettings(command));
}

/** Prints why the command did not run. Commander has printed its own errors already. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : unusable;
  console.error(`error: ${errorMessage(error)}`);
  if (isAbsentPackage(error)) console.error(`This line brings what is needed:\n  ${npxLine(process.argv.slice(2))}`);
  return unusable;
}

function isAbsentPackage(error: unknown): boolean {
  const named = error instanceof Error && error.name === 'PackageError';
  return named || ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(errorCode(error) ?? '');
}
