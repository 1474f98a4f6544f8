import { createInterface } from 'node:readline';

/** What a worker answers to one request: figures by name. */
export type Figures = Record<string, number>;

/** Returns the options that a worker was started with. */
export const options = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

/**
 * Runs the worker's side of a measurement: reports that it is ready, then measures once for each incoming line and
 * answers with a line of JSON. Between requests it waits, so that the others have the machine to themselves.
 */
export async function serve(measure: () => Figures | Promise<Figures>): Promise<void> {
  console.log(JSON.stringify({ ready: 1 }));
  for await (const _ of createInterface(process.stdin)) console.log(JSON.stringify(await measure()));
  process.exit();
}

/** Repeats a step for two seconds, by when a just-in-time compiler has done its work. */
export function warmUp(step: () => void): void {
  const start = performance.now();
  do step();
  while (performance.now() - start < 2000);
}

/** Starts to measure; what it returns tells the milliseconds since, and those that all cores have spent. */
export function startClock(): () => { ms: number; cpuMs: number } {
  const start = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - start, cpuMs: (user + system) / 1000 };
  };
}

/** Measures the milliseconds that each of `steps` calls takes on average, and those that all cores spend on it. */
export function timed(steps: number, step: () => void): Figures {
  const clock = startClock();
  for (let i = 0; i < steps; i++) step();
  const { ms, cpuMs } = clock();
  return { ms: ms / steps, cpuMs: cpuMs / steps };
}
