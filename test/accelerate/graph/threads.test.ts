import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Outcome, trainClassifier } from './trainInThread';

declare const BACKEND: string;
const onTensorFlow = BACKEND === 'tensorflow' ? test : test.skip;

onTensorFlow(
  'two worker threads and the main one train as graphs at once, and give what an eager training gives',
  async () => {
    const code = `
    require('tsx/cjs/api').register();
    require(${JSON.stringify(join(__dirname, 'trainInThread.ts'))}).trainInThread();
  `;
    const packageName = process.env.TFJS_NODE_PACKAGE ?? '@tensorflow/tfjs-node';
    const workers = [0, 1].map(() => new Worker(code, { eval: true, workerData: { packageName } }));
    const messages = workers.map((worker) => once(worker, 'message') as Promise<[Outcome]>);
    const here = await trainClassifier(true);
    const there = (await Promise.all(messages)).map(([outcome]) => outcome);
    await Promise.all(workers.map((worker) => worker.terminate()));
    const { report: _, ...eager } = await trainClassifier(false);
    for (const { report, ...trained } of [here, ...there]) {
      expect(trained).toEqual(eager);
      expect(report).toMatchObject({ runs: 'graph', steps: { graph: 8, verified: 1 } });
    }
  },
);
