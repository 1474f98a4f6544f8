import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { embeddingStd } from '../evaluation/embeddingStd';
import { MemoryQueue } from '../layers/memoryQueue';
import { checkChoice, checkFunction, checkNames, checkNumber } from '../support/errors';
import { globalNorm } from './globalNorm';

/** What goes wrong in a training. */
export type AlarmKind = 'loss' | 'collapse' | 'gradient';

/** A training that is not worth going on with as it is, with what one needs to go back and change. */
export class TrainingAlarm extends Error {
  override readonly name = 'TrainingAlarm';

  constructor(
    readonly kind: AlarmKind,
    /** What was measured, in words. */
    readonly finding: string,
    /** Steps of the optimiser so far. */
    readonly step: number,
    readonly learningRate: number,
    /** The newest checkpoint, saved while all was well. */
    readonly checkpoint?: string,
  ) {
    const saved = checkpoint === undefined ? 'nothing is saved' : `the last good checkpoint is ${checkpoint}`;
    super(`${finding} at step ${step}, learning rate ${learningRate}; ${saved}.`);
  }
}

/** Options of `trainingAlarms`. */
export interface TrainingAlarmsArgs {
  /** Looks every so many steps; each look reads three numbers from the device. @default 10 */
  every?: number;
  /** Whether an alarm ends the training, by an error, or is only told of. @default 'stop' */
  action?: 'stop' | 'warn';
  /** Told of each alarm before anything else happens. @default console.warn where the action is to warn */
  onAlarm?: (alarm: TrainingAlarm) => void;
  /**
   * Least `embeddingStd`, as a share of the 1/√D of evenly spread embeddings; 0 never looks. @default 0.05
   */
  leastSpread?: number;
  /** Embeddings `[N, D]` to look at. @default the newest keys of the model's `memoryQueue`, if it has one */
  embeddings?: () => tf.Tensor2D;
  /** Greatest gradient norm, as a multiple of the median of the last 20 looks; 0 never looks. @default 100 */
  greatestGrowth?: number;
  /** Where the newest checkpoint lies, such as `() => saver.latest`. */
  lastCheckpoint?: () => string | undefined;
  /** In a loop of one's own: what is trained. @default the model of `fit` */
  model?: tfl.LayersModel;
  /** In a loop of one's own: what trains it. @default the model's own */
  optimizer?: tf.Optimizer;
}

/** Looks before a gradient norm is compared with them. */
const fewestNorms = 5;
/** Looks that it is compared with. */
const mostNorms = 20;

/** See `trainingAlarms`. */
export class TrainingAlarms extends tfl.Callback {
  private readonly every: number;
  private readonly action: 'stop' | 'warn';
  private readonly leastSpread: number;
  private readonly greatestGrowth: number;
  private readonly norms: number[] = [];
  private norm?: tf.Scalar;
  private unwatch?: () => void;

  constructor(private readonly args: TrainingAlarmsArgs = {}) {
    super();
    const names = ['every', 'action', 'onAlarm', 'leastSpread', 'embeddings', 'greatestGrowth', 'lastCheckpoint'];
    checkNames('trainingAlarms()', args, [...names, 'model', 'optimizer']);
    const { every = 10, action = 'stop', leastSpread = 0.05, greatestGrowth = 100, model, optimizer } = args;
    this.every = checkNumber('every', every, { min: 1, integer: true });
    this.action = checkChoice('action', action, ['stop', 'warn'] as const);
    this.leastSpread = checkNumber('leastSpread', leastSpread, { min: 0, max: 1 });
    this.greatestGrowth = checkNumber('greatestGrowth', greatestGrowth, { min: 0 });
    for (const name of ['onAlarm', 'embeddings', 'lastCheckpoint'] as const) {
      if (args[name] !== undefined) checkFunction<() => unknown>(name, args[name] as () => unknown);
    }
    if (model) this.model = model;
    if (model || optimizer) this.watch();
  }

  /** In a loop of one's own: after each step, with its loss. @throws TrainingAlarm where the action is to stop. */
  async afterStep(loss: tf.Tensor | number): Promise<void> {
    if (this.optimizer.iterations % this.every !== 0) return;
    const value = typeof loss === 'number' ? loss : (await loss.data())[0];
    if (!Number.isFinite(value)) this.raise('loss', `The loss is ${value}`);
    await this.lookAtGradient();
    await this.lookAtEmbeddings();
  }

  /** Lets the optimiser go, as the end of `fitDataset` does by itself. */
  close(): void {
    this.unwatch?.();
    this.norm?.dispose();
    this.norm = undefined;
  }

  override async onTrainBegin(): Promise<void> {
    this.watch();
  }

  override async onBatchEnd(_batch: number, logs: tfl.Logs = {}): Promise<void> {
    await this.afterStep(logs.loss);
  }

  override async onTrainEnd(): Promise<void> {
    this.close();
  }

  private get optimizer(): tf.Optimizer & { learningRate: number } {
    return (this.args.optimizer ?? this.model.optimizer) as tf.Optimizer & { learningRate: number };
  }

  /** Gradients pass through the optimiser alone, so this is where their norm can be had, whatever the loop. */
  private watch(): void {
    if (this.unwatch || this.greatestGrowth === 0) return;
    const { optimizer } = this;
    const apply = optimizer.applyGradients;
    optimizer.applyGradients = (gradients) => {
      if ((optimizer.iterations + 1) % this.every === 0) {
        const tensors = Array.isArray(gradients) ? gradients.map(({ tensor }) => tensor) : Object.values(gradients);
        this.norm?.dispose();
        this.norm = tf.keep(globalNorm(tensors.filter(Boolean)));
      }
      apply.call(optimizer, gradients);
    };
    this.unwatch = () => {
      optimizer.applyGradients = apply;
      this.unwatch = undefined;
    };
  }

  private async lookAtGradient(): Promise<void> {
    if (!this.norm) return;
    const [norm] = await this.norm.data();
    const { norms } = this;
    const median = [...norms].sort((a, b) => a - b)[Math.floor(norms.length / 2)];
    const grown = norms.length >= fewestNorms && norm > this.greatestGrowth * median;
    if (grown || !Number.isFinite(norm)) this.raise('gradient', `The gradient norm is ${norm}, usually ${median}`);
    else norms.push(norm);
    if (norms.length > mostNorms) norms.shift();
  }

  private async lookAtEmbeddings(): Promise<void> {
    const embeddings = this.leastSpread > 0 ? (this.args.embeddings?.() ?? this.newestKeys()) : undefined;
    if (!embeddings) return;
    const std = await embeddingStd(embeddings);
    const share = std * Math.sqrt(embeddings.shape[1]);
    embeddings.dispose();
    if (share < this.leastSpread)
      this.raise('collapse', `The embeddings have collapsed, their spread being ${share} of an even one`);
  }

  private newestKeys(): tf.Tensor2D | undefined {
    const queue = this.model?.layers.find((layer) => layer instanceof MemoryQueue);
    return (queue as MemoryQueue | undefined)?.newest(Math.min(64, (queue as MemoryQueue).size));
  }

  private raise(kind: AlarmKind, finding: string): void {
    const { iterations, learningRate } = this.optimizer;
    const alarm = new TrainingAlarm(kind, finding, iterations, learningRate, this.args.lastCheckpoint?.());
    if (this.args.onAlarm) this.args.onAlarm(alarm);
    else if (this.action === 'warn') console.warn(alarm.message);
    if (this.action === 'warn') return;
    this.close();
    throw alarm;
  }
}

/**
 * A callback that looks every n steps for what ruins a training: a loss that is NaN or infinite, embeddings that collapse
 * to one point, and a gradient norm that explodes. It stops with a `TrainingAlarm`, or warns.
 *
 * ```ts
 * await model.fitDataset(data, { epochs, callbacks: [trainingAlarms({ lastCheckpoint: () => saver.latest }), saver] });
 * ```
 *
 * Before the checkpoint among the callbacks, so that what raises an alarm is not saved. In a loop of one's own:
 * `const alarms = trainingAlarms({ model, optimizer })`, then `await alarms.afterStep(loss)` after each step.
 *
 * @throws ArgumentError for bad options.
 */
export function trainingAlarms(args: TrainingAlarmsArgs = {}): TrainingAlarms {
  return new TrainingAlarms(args);
}
