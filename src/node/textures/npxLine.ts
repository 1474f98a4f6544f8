const command = 'tfjs-nonsemantic-negatives';
const packages = [command, 'sharp', '@tensorflow/tfjs-backend-wasm'];

/** Returns the shell line that runs the command with these arguments and all packages that it needs. */
export function npxLine(args: readonly string[]): string {
  return ['npx', ...packages.flatMap((name) => ['-p', name]), command, ...args].map(quote).join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
