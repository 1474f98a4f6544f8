import { type ChildProcess, fork } from 'node:child_process';
import { type BackendName, chooseBackend } from '../backend';
import { errorMessage } from '../files/fileError';
import type { SharpModule } from '../images/decodeImage';
import { importOptional } from '../optionalPackage';
import { type TextureJob, textureMaker } from './makeTexture';
import type { TextureOutcome } from './outcome';

/** Makes textures, in this process or in others. */
export interface Workers {
  make(source: string): Promise<TextureOutcome>;
  end(): void;
}

/** The hidden command that starts a worker process. */
export const workerCommand = 'textures-worker';

type Request = { job: TextureJob; backend: BackendName } | { source: string };
type Reply = { outcome: TextureOutcome } | { failure: string };

/** Makes textures in this process, whose backend must be set. */
export function localWorker(sharp: SharpModule['default'], job: TextureJob): Workers {
  return { make: textureMaker(sharp, job), end() {} };
}

/** Makes textures in `count` processes, each with its own backend: threads would share tfjs's native library. */
export function startWorkers(count: number, job: TextureJob, backend: BackendName): Workers {
  const workers = Array.from({ length: count }, () => startWorker(job, backend));
  return {
    make(source) {
      const idlest = workers.reduce((best, worker) => (worker.load() < best.load() ? worker : best));
      return idlest.make(source);
    },
    end() {
      for (const worker of workers) worker.end();
    },
  };
}

function startWorker(job: TextureJob, backend: BackendName) {
  // This same program. Its standard streams are shared, so that a crash is seen.
  const child: ChildProcess = fork(process.argv[1], [workerCommand], { serialization: 'advanced' });
  const unanswered = new Map<string, { resolve(outcome: TextureOutcome): void; reject(error: Error): void }>();
  let ended: Error | undefined;
  const end = (reason: string) => {
    ended ??= new Error(reason);
    for (const { reject } of unanswered.values()) reject(ended);
  };
  child.on('exit', (code, signal) => end(`A worker process ended early (${signal ?? `exit code ${code}`}).`));
  child.on('error', (error) => end(`A worker process does not start: ${errorMessage(error)}.`));
  child.on('message', (reply: Reply & { source: string }) => {
    if ('failure' in reply) return end(reply.failure);
    unanswered.get(reply.source)?.resolve(reply.outcome);
    unanswered.delete(reply.source);
  });
  const send = (request: Request) => void child.send(request, () => {});
  send({ job, backend });
  return {
    load: () => unanswered.size,
    make: (source: string) =>
      new Promise<TextureOutcome>((resolve, reject) => {
        if (ended) return reject(ended);
        unanswered.set(source, { resolve, reject });
        send({ source });
      }),
    end: () => void child.disconnect(),
  };
}

/** Runs a worker process: makes the textures that its parent asks for, and ends with it. */
export function workerMain(): void {
  // Also when the parent is killed: the results are no longer needed.
  process.on('disconnect', () => process.exit());
  let worker: Promise<Workers> | undefined;
  const reply = (message: Reply & { source?: string }) => void process.send?.(message, () => {});
  process.on('message', async (request: Request) => {
    try {
      if ('job' in request) worker = prepare(request.job, request.backend);
      else reply({ source: request.source, outcome: await (await worker!).make(request.source) });
    } catch (error) {
      reply({ failure: errorMessage(error) });
    }
  });
}

async function prepare(job: TextureJob, backend: BackendName): Promise<Workers> {
  const { default: sharp } = await importOptional<SharpModule>('sharp', 'A worker process');
  await chooseBackend(backend);
  return localWorker(sharp, job);
}
