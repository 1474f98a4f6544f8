import { type Backend, hasBackend } from './backend';
import type { Figures } from './serve';
import { type Spread, spread } from './statistics';
import { type Contestant, type Machine, startWorker, type Worker } from './worker';

/** A bound on the time of one contestant, `of`, relative to that of another, `to`. */
export interface Target {
  of: string;
  to: string;
  /** The largest ratio that counts as reached. */
  goal: number;
}

/** Two or more contestants, measured in turns on the same work. */
export interface Comparison {
  /** Its name for `--only`. */
  name: string;
  title: string;
  contestants: Contestant[];
  targets: Target[];
  /** The figure that is compared. @default ms, the time of one step in milliseconds */
  figure?: string;
  /** Rounds in which every contestant is measured once. @default 7, or 3 with --quick */
  rounds?: number;
}

export interface Ratio extends Target {
  ratio: Spread;
}

export interface Result {
  name: string;
  title: string;
  figure: string;
  contestants: { name: string; measured: Spread; cpuMs?: number }[];
  ratios: Ratio[];
  /** Why contestants are missing. */
  skipped: string[];
}

/**
 * Measures contestants in turns, A B C A B C …, so that other load on the machine affects all of them. Each round gives
 * one ratio; median and spread are over the rounds.
 */
export async function compare(comparison: Comparison, machine: Machine, defaultRounds: number): Promise<Result> {
  const { name, title, targets, figure = 'ms', rounds = defaultRounds } = comparison;
  const skipped: string[] = [];
  const workers = new Map<string, Worker>();
  try {
    for (const contestant of comparison.contestants) {
      const reason = reasonToSkip(contestant, machine);
      if (reason) skipped.push(`${contestant.name}: ${reason}`);
      else workers.set(contestant.name, await startWorker(contestant, machine));
    }
    const measured = new Map<string, Figures[]>([...workers.keys()].map((name) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const [name, worker] of workers) measured.get(name)?.push(await worker.measure());

    const values = (name: string, key = figure) => measured.get(name)?.map((figures) => figures[key]) ?? [];
    const contestants = [...workers.keys()].map((name) => {
      const cpu = values(name, 'cpuMs').filter((value) => value !== undefined);
      return { name, measured: spread(values(name)), ...(cpu.length > 0 ? { cpuMs: spread(cpu).median } : {}) };
    });
    const ratios = targets
      .filter(({ of, to }) => workers.has(of) && workers.has(to))
      .map((target) => {
        const others = values(target.to);
        return { ...target, ratio: spread(values(target.of).map((value, round) => value / others[round])) };
      });
    return { name, title, figure, contestants, ratios, skipped };
  } finally {
    for (const worker of workers.values()) worker.stop();
  }
}

/** The medians of a worker's figures over some rounds. */
export async function medians(contestant: Contestant, machine: Machine, rounds: number): Promise<Figures> {
  const worker = await startWorker(contestant, machine);
  try {
    const figures: Figures[] = [];
    for (let round = 0; round < rounds; round++) figures.push(await worker.measure());
    const names = Object.keys(figures[0]);
    return Object.fromEntries(names.map((name) => [name, spread(figures.map((figure) => figure[name])).median]));
  } finally {
    worker.stop();
  }
}

function reasonToSkip({ worker, options }: Contestant, machine: Machine): string | undefined {
  if (worker.endsWith('.py')) return machine.python ? undefined : 'PyTorch is not here';
  const { backend } = options as { backend?: Backend };
  return backend && !hasBackend(backend) ? `${backend} is not installed` : undefined;
}
