import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Figures } from './serve';

const root = join(import.meta.dirname, '../..');

/** One side of a comparison: a program that measures itself on request. */
export interface Contestant {
  name: string;
  /** A file of bench/workers, or of bench/pytorch. */
  worker: string;
  /** The worker's options. */
  options: object;
  /** How many cores it may use. @default as many as the others */
  cores?: number;
}

/** The machine as the bench uses it. */
export interface Machine {
  cores: number;
  /** Command in front of a worker that binds it to cores, or empty where there is none. */
  bind(cores: number): string[];
  /** The interpreter with PyTorch, where there is one. */
  python?: string;
}

/** A program that was started and is warm. */
export interface Worker {
  measure(): Promise<Figures>;
  stop(): void;
}

/** Starts a contestant and waits until it is warm. @throws if it ends before that. */
export async function startWorker(contestant: Contestant, machine: Machine): Promise<Worker> {
  const { worker, options, cores = machine.cores } = contestant;
  const program = worker.endsWith('.py')
    ? [machine.python as string, join(root, 'bench/pytorch', worker)]
    : [process.execPath, '--import', 'tsx', join(root, 'bench/workers', worker)];
  const [command, ...args] = [...machine.bind(cores), ...program, JSON.stringify(options)];
  // The same number of threads by each library's own name for it.
  const threads = Object.fromEntries(
    ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'TF_NUM_INTRAOP_THREADS'].map((name) => [name, `${cores}`]),
  );
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', ...threads },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answer = async (): Promise<Figures> => {
    for (let line = await answers.next(); !line.done; line = await answers.next())
      if (line.value.startsWith('{')) return JSON.parse(line.value);
    throw new Error(`${contestant.name} (${worker}) ended early:\n${complaints}`);
  };
  await answer();
  return {
    measure() {
      child.stdin.write('\n');
      return answer();
    },
    stop: () => void child.kill(),
  };
}
