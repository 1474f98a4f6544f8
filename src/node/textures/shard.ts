import { ArgumentError } from '../../support/errors';
import { randomStream, uniformInteger } from '../../support/random';

/** One part of the work, of number `index` in 1 … `count`. */
export interface Shard {
  index: number;
  count: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the part of this process: that of `--shard`, else that of the cluster, else the whole.
 *
 * Slurm gives the tasks of a job array their number and their count. A Kubernetes Indexed Job gives its pods only a
 * number: its manifest must add the count, `.spec.completions`, as JOB_COMPLETION_COUNT.
 *
 * @throws ArgumentError
 */
export function chooseShard(text: string | undefined, env: Environment): Shard {
  if (text !== undefined) return parseShard(text);
  if (env.JOB_COMPLETION_INDEX !== undefined) return kubernetesShard(env);
  if (env.SLURM_ARRAY_TASK_ID !== undefined) return slurmShard(env);
  return { index: 1, count: 1 };
}

/** Tells whether a source belongs to the shard, by its path alone: other files that come or go move nothing. */
export function belongsTo({ index, count }: Shard, source: string): boolean {
  return count === 1 || uniformInteger(randomStream('shard', source), 1, count) === index;
}

/** Ends the names of a shard's files: nothing for the whole, `-2-of-4` for a part. */
export function shardSuffix({ index, count }: Shard): string {
  return count === 1 ? '' : `-${index}-of-${count}`;
}

function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  return checkShard(Number(index), Number(count), 'option --shard', JSON.stringify(text));
}

function kubernetesShard({ JOB_COMPLETION_INDEX: index, JOB_COMPLETION_COUNT: count }: Environment): Shard {
  if (count === undefined)
    throw new ArgumentError(
      'the variable JOB_COMPLETION_COUNT',
      "the Job's .spec.completions",
      'nothing',
      'Kubernetes does not set it: add it to the manifest, or give --shard.',
    );
  return checkShard(
    Number(index),
    Number(count),
    'JOB_COMPLETION_INDEX/JOB_COMPLETION_COUNT',
    JSON.stringify(`${index}/${count}`),
  );
}

function slurmShard(env: Environment): Shard {
  const [id, count, min = '0', step = '1'] = ['ID', 'COUNT', 'MIN', 'STEP'].map(
    (name) => env[`SLURM_ARRAY_TASK_${name}`],
  );
  return checkShard(
    (Number(id) - Number(min)) / Number(step) + 1,
    Number(count),
    'SLURM_ARRAY_TASK_ID',
    `task ${id} of ${count} from ${min} by ${step}`,
    'A job array without gaps has such numbers.',
  );
}

/** Accepts counting from 0 as well as from 1: shard 0/N is N/N. */
function checkShard(index: number, count: number, subject: string, received: string, hint?: string): Shard {
  if (Number.isSafeInteger(index) && Number.isSafeInteger(count) && count > 0 && 0 <= index && index <= count)
    return { index: index === 0 ? count : index, count };
  throw new ArgumentError(subject, 'I/N with I from 0 to N', received, hint);
}
