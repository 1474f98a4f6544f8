import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type CommandLine<T extends Options> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true }>>;

/**
 * Reads the program's command line. Prints the usage for `--help`, and one line for an unknown option; both end the
 * program.
 */
export function readCommandLine<T extends Options>(usage: string, options: T, allowPositionals = false) {
  if (process.argv.slice(2).includes('--help')) {
    console.log(usage);
    process.exit();
  }
  try {
    return parseArgs({ options, allowPositionals }) as CommandLine<T>;
  } catch (error) {
    // Node's first sentence says what is wrong.
    return refuse(`${(error as Error).message.split(/\.(?:\s|$)|\n/)[0]}.`);
  }
}

/** Ends the program for a mistake on its command line, which `message` names. */
export function refuse(message: string): never {
  console.error(`${message} --help says how to run it.`);
  process.exit(2);
}

/** Returns the comment at the top of a program, which says how to run it. @param url The program's `import.meta.url`. */
export function usageOf(url: string): string {
  const [comment] = /^(?:\/\/.*\n)+|^\/\*\*[\s\S]*?\*\//.exec(readFileSync(fileURLToPath(url), 'utf8'))!;
  return comment.replace(/^(?:\/\/|\/\*\*| \*\/?) ?/gm, '').trim();
}
