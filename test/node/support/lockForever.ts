import { parentPort } from 'node:worker_threads';
import { lockFolder } from '../../../src/node/checkpoint/folderLock';

/** Locks a folder in a worker thread until it is told to release it. */
export async function run(dir: string): Promise<void> {
  try {
    const release = await lockFolder(dir);
    parentPort?.once('message', async () => {
      await release();
      parentPort?.postMessage('released');
    });
    parentPort?.postMessage('locked');
  } catch (error) {
    parentPort?.postMessage((error as Error).message);
  }
}
