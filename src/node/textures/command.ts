import { Command, Option } from 'commander';
import { checkChoice, checkNumber } from '../../support/checks';
import { type BackendName, backendNames } from '../backend';
import { makeTextures } from './run';
import { checkSettings, formats, type TextureSettings } from './settings';
import { chooseShard } from './shard';
import { exitCodes } from './summary';

interface Args {
  size: string;
  exemplar: string;
  quality: TextureSettings['quality'];
  format: TextureSettings['format'];
  seed: string;
  shard?: string;
  workers?: string;
  onError: 'skip' | 'stop';
  backend?: BackendName;
  followSymlinks?: boolean;
}

/** Makes the command `textures IN OUT`, which makes a texture of every image of a folder. */
export function texturesCommand(): Command {
  return new Command('textures')
    .description('Make a texture of every image of a folder: an ImageNet-Texture of your own.')
    .argument('<IN>', 'folder of images, in class folders or not')
    .argument('<OUT>', 'folder for the textures; the same command resumes where an earlier one ended')
    .option('--size <pixels>', 'side of the textures', '224')
    .option('--exemplar <pixels>', 'side of the two exemplars cut from each image at its own resolution', '96')
    .addOption(new Option('--quality <quality>', 'how carefully').choices(['high', 'fast']).default('high'))
    .addOption(new Option('--format <format>', 'of the textures').choices(formats).default('png'))
    .option('--seed <integer>', 'textures are functions of the seed and the path in IN', '0')
    .option('--shard <I/N>', 'part I of N, from 1 (default: that of a Slurm array or an Indexed Job)')
    .option('--workers <count>', 'processes (default: one a core on wasm and cpu, else one)')
    .addOption(new Option('--on-error <what>', 'what to do about a bad file').choices(['skip', 'stop']).default('skip'))
    .addOption(new Option('--backend <name>').choices(backendNames))
    .option('--follow-symlinks', 'read linked files and folders too, each real folder once')
    .addHelpText('after', `\n${describeExitCodes()}`)
    .action(async (input: string, out: string, options: Args) => {
      const settings = checkSettings({
        ...options,
        size: Number(options.size),
        exemplar: Number(options.exemplar),
        seed: Number(options.seed),
      });
      const { workers } = options;
      process.exitCode = await makeTextures({
        input,
        out,
        settings,
        shard: chooseShard(options.shard, process.env),
        workers:
          workers === undefined
            ? undefined
            : checkNumber('--workers', Number(workers), { integer: true, min: 1, max: 1024 }),
        onError: checkChoice('--on-error', options.onError, ['skip', 'stop']),
        backend: options.backend,
        followSymlinks: options.followSymlinks ?? false,
      });
    });
}

function describeExitCodes(): string {
  const { complete, skipped, unusable, stopped } = exitCodes;
  return `Exit codes: ${complete} every image has its texture; ${skipped} some were skipped; ${unusable} not started; ${stopped} stopped early.`;
}
