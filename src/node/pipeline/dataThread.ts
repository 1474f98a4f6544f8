import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { ArgumentError } from '../../support/errors';
import { unpackError } from './errors';
import type { BatchMessage, PassMessage, PassRequest, ReadyMessage, ThreadSetup } from './protocol';

/** A thread that makes batches, one pass at a time. It keeps the process alive only while a batch is awaited. */
export class DataThread {
  /** Resolves to the number of images. */
  readonly ready: Promise<number>;
  private readonly worker: Worker;
  /** The port of the current pass. */
  private port?: MessagePort;
  private wake = () => {};
  /** Why no more batches come. */
  private ended?: Error;

  constructor(setup: ThreadSetup) {
    this.worker = new Worker(program, { workerData: setup });
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('The thread of workerDataset() has ended.')));
    this.ready = new Promise((resolve, reject) => {
      this.worker.once('exit', () => reject(this.ended));
      this.worker.once('message', (message: ReadyMessage) => {
        this.worker.unref();
        if ('size' in message) return resolve(message.size);
        reject(unpackError(message.failure));
        this.close();
      });
    });
  }

  /** Reads one pass, in place of the one before. @throws What was thrown in the thread. */
  async *read(request: Omit<PassRequest, 'port'>): AsyncGenerator<BatchMessage> {
    if (this.ended) throw this.ended;
    this.port?.close();
    this.wake();
    const { port1: port, port2 } = new MessageChannel();
    this.port = port;
    const messages: PassMessage[] = [];
    port.on('message', (message) => {
      messages.push(message);
      this.wake();
    });
    port.unref();
    this.worker.postMessage({ ...request, port: port2 } satisfies PassRequest, [port2]);
    try {
      for (;;) {
        const message = messages.shift() ?? (await this.wait(port));
        if (message === undefined) continue;
        if ('done' in message) return;
        if ('failure' in message) throw unpackError(message.failure);
        port.postMessage('more');
        yield message;
      }
    } finally {
      port.close();
    }
  }

  async close(): Promise<void> {
    this.port?.close();
    await this.worker.terminate();
  }

  /** Waits until something has come or changed. */
  private async wait(port: MessagePort): Promise<undefined> {
    if (this.ended) throw this.ended;
    if (this.port === port) {
      this.worker.ref();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      // Else the later pass waits by now.
      if (this.port === port) this.worker.unref();
    }
    if (this.port !== port)
      throw new ArgumentError(
        'workerDataset()',
        'one pass at a time',
        'the next element of one after a later one began',
      );
  }

  private end(reason: Error): void {
    this.ended ??= reason;
    this.wake();
  }
}

const isSource = import.meta.url.endsWith('.ts');
const program = new URL(isSource ? './workerFromSource.mjs' : './pipelineWorker.js', import.meta.url);
