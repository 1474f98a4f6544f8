import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { embeddingStd } from '../diagnostics/embeddingStd';
import { MemoryQueue } from '../layers/memoryQueue';
import { checkLayersModel } from '../support/checkModel';
import { checkChoice, checkFunction, checkNames, checkNumber, checkTensor } from '../support/errors';
import { GradientWatch } from './gradientWatch';
import { optimizerOf } from './training';
import { type AlarmKind, TrainingAlarm } from './trainingAlarm';

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
  minSpread?: number;
  /** Makes embeddings `[N, D]` to look at, which are disposed then. @default the newest keys of the model's `memoryQueue`, if it has one */
  embeddings?: () => tf.Tensor2D;
  /** Greatest gradient norm, as a multiple of the median of the last 20 looks; 0 never looks. @default 100 */
  maxGradientGrowth?: number;
  /** Where the newest checkpoint lies, such as `() => saver.latest`. */
  lastCheckpoint?: () => string | undefined;
  /** In a loop of one's own: what is trained. @default the model of `fit` */
  model?: tfl.LayersModel;
  /** In a loop of one's own: what trains it. @default the model's own */
  optimizer?: tf.Optimizer;
}

/** See `trainingAlarms`. */
export class TrainingAlarms extends tfl.Callback {
  private readonly every: number;
  private readonly action: 'stop' | 'warn';
  private readonly minSpread: number;
  private readonly gradient?: GradientWatch;

  constructor(private readonly args: TrainingAlarmsArgs = {}) {
    super();
    const names = ['every', 'action', 'onAlarm', 'minSpread', 'embeddings', 'maxGradientGrowth', 'lastCheckpoint'];
    checkNames('trainingAlarms()', args, [...names, 'model', 'optimizer']);
    const { every = 10, action = 'stop', minSpread = 0.05, maxGradientGrowth = 100, model, optimizer } = args;
    this.every = checkNumber('every', every, { min: 1, integer: true });
    this.action = checkChoice('action', action, ['stop', 'warn'] as const);
    this.minSpread = checkNumber('minSpread', minSpread, { min: 0, max: 1 });
    checkNumber('maxGradientGrowth', maxGradientGrowth, { min: 0 });
    if (maxGradientGrowth > 0) this.gradient = new GradientWatch(this.every, maxGradientGrowth);
    for (const name of ['onAlarm', 'embeddings', 'lastCheckpoint'] as const) {
      if (args[name] !== undefined) checkFunction<() => unknown>(name, args[name] as () => unknown);
    }
    if (model !== undefined) this.model = checkLayersModel('option model', model);
    if (model !== undefined || optimizer !== undefined) this.gradient?.start(this.optimizer);
  }

  /** In a loop of one's own: after each step, with its loss. @throws TrainingAlarm where the action is to stop. */
  async afterStep(loss: tf.Tensor | number): Promise<void> {
    if (this.optimizer.iterations % this.every !== 0) return;
    const value = typeof loss === 'number' ? loss : (await checkScalar(loss).data())[0];
    if (!Number.isFinite(value)) this.raise('loss', `The loss is ${value}`);
    const finding = await this.gradient?.look();
    if (finding) this.raise('gradient', finding);
    await this.lookAtEmbeddings();
  }

  /** Lets the optimizer go, as the end of `fitDataset` does by itself. */
  close(): void {
    this.gradient?.close();
  }

  override async onTrainBegin(): Promise<void> {
    this.gradient?.start(this.optimizer);
  }

  override async onBatchEnd(_batch: number, logs: tfl.Logs = {}): Promise<void> {
    await this.afterStep(logs.loss);
  }

  override async onTrainEnd(): Promise<void> {
    this.close();
  }

  private get optimizer(): tf.Optimizer & { learningRate: number } {
    return optimizerOf(this.model, this.args.optimizer) as tf.Optimizer & { learningRate: number };
  }

  private async lookAtEmbeddings(): Promise<void> {
    const embeddings = this.minSpread > 0 ? (this.args.embeddings?.() ?? this.newestKeys()) : undefined;
    if (!embeddings) return;
    const std = await embeddingStd(embeddings);
    const share = std * Math.sqrt(embeddings.shape[1]);
    embeddings.dispose();
    if (share < this.minSpread)
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

const checkScalar = (loss: tf.Tensor) =>
  checkTensor('input loss', loss, 'a number or a scalar', ({ size }) => size === 1);

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
 * @throws ArgumentError for bad options, and later for a model without an optimizer.
 */
export function trainingAlarms(args: TrainingAlarmsArgs = {}): TrainingAlarms {
  return new TrainingAlarms(args);
}
