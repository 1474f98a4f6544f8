import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { embeddingStd } from '../diagnostics/embeddingStd';
import { MemoryQueue } from '../layers/memoryQueue';
import { hasBatchNormalization } from '../layers/models/hasBatchNormalization';
import { checkTensor } from '../support/checks';
import { type OptionValues, readOptions } from '../support/options';
import { GradientWatch } from './gradientWatch';
import { LossWatch } from './lossWatch';
import type { StepResult } from './training';
import { type AlarmKind, normalizeCure, TrainingAlarm } from './trainingAlarm';
import { type TrainingAlarmsArgs, trainingAlarmsOptions } from './trainingAlarmsArgs';
import { TrainingCallback } from './trainingCallback';

/** Checks training steps for faults and raises a `TrainingAlarm`; made by `trainingAlarms`. */
export class TrainingAlarms extends TrainingCallback {
  protected readonly owner = 'trainingAlarms';
  private readonly args: OptionValues<typeof trainingAlarmsOptions>;
  private readonly gradient?: GradientWatch;
  private readonly loss = new LossWatch();
  /** Whether a warning said that there are no embeddings to look at. */
  private isBlind = false;

  constructor(args?: TrainingAlarmsArgs) {
    super();
    this.args = readOptions('trainingAlarms', args, trainingAlarmsOptions);
    const { every, maxGradientGrowth, model, optimizer } = this.args;
    if (maxGradientGrowth > 0) this.gradient = new GradientWatch(every, maxGradientGrowth);
    if (model) this.model = model;
    if (model || optimizer) this.gradient?.start(this.optimizer);
  }

  /**
   * Looks at a finished step of a custom loop, if it is time.
   *
   * @throws TrainingAlarm if the action is to stop; ArgumentError for a loss that is not a number or a scalar.
   */
  async afterStep(step: StepResult & { loss: tf.Tensor | number }): Promise<void> {
    if (this.optimizer.iterations % this.args.every !== 0) return;
    const loss = step?.loss;
    const value = typeof loss === 'number' ? loss : (await checkScalar(loss).data())[0];
    if (!Number.isFinite(value)) this.raise('loss', `The loss is ${value}`);
    const worse = this.loss.look(value, this.queue()?.size);
    if (worse && this.args.minSpread > 0) this.raise('collapse', worse);
    const finding = await this.gradient?.look();
    if (finding) this.raise('gradient', finding);
    await this.lookAtEmbeddings();
  }

  /** Stops listening to the optimizer, as the end of `fit` does. */
  close(): void {
    this.gradient?.close();
  }

  override async onTrainBegin(): Promise<void> {
    this.gradient?.start(this.optimizer);
  }

  override async onBatchEnd(_batch: number, logs: tfl.Logs = {}): Promise<void> {
    await this.afterStep({ loss: logs.loss });
  }

  override async onTrainEnd(): Promise<void> {
    this.close();
  }

  protected override get optimizer(): tf.Optimizer & { learningRate: number } {
    return (this.args.optimizer ?? super.optimizer) as tf.Optimizer & { learningRate: number };
  }

  private async lookAtEmbeddings(): Promise<void> {
    if (this.args.minSpread === 0) return;
    const embeddings = this.args.embeddings?.() ?? this.newestKeys();
    if (!embeddings) {
      this.sayBlind();
      return;
    }
    const share = (await embeddingStd(embeddings)) * Math.sqrt(embeddings.shape[1]);
    embeddings.dispose();
    if (!Number.isFinite(share)) this.raise('embeddings', `The embeddings are not finite, their spread is ${share},`);
    else if (share < this.args.minSpread)
      this.raise('collapse', `The embeddings have collapsed to ${share} of an even spread`);
  }

  private newestKeys(): tf.Tensor2D | undefined {
    const queue = this.queue();
    return queue?.newest(Math.min(64, queue.size));
  }

  private queue(): MemoryQueue | undefined {
    // By name: the layer may come from another copy of this package.
    const isQueue = (layer: tfl.layers.Layer) => layer.getClassName() === MemoryQueue.className;
    return this.model?.layers.find(isQueue) as MemoryQueue | undefined;
  }

  private sayBlind(): void {
    if (!this.isBlind)
      console.warn(
        'trainingAlarms() cannot see a collapse: the model has no memoryQueue. Set option embeddings, or minSpread: 0.',
      );
    this.isBlind = true;
  }

  private raise(kind: AlarmKind, finding: string): void {
    const { onAlarm, action, lastCheckpoint } = this.args;
    const { iterations, learningRate } = this.optimizer;
    const isUnnormalized = kind === 'collapse' && this.model && !hasBatchNormalization(this.model);
    const cure = isUnnormalized ? normalizeCure : undefined;
    const alarm = new TrainingAlarm(kind, finding, iterations, learningRate, lastCheckpoint?.(), cure);
    if (onAlarm) onAlarm(alarm);
    else if (action === 'warn') console.warn(alarm.message);
    if (action === 'warn') return;
    this.close();
    throw alarm;
  }
}

const checkScalar = (loss: tf.Tensor) =>
  checkTensor('input loss', loss, 'a number or a scalar', ({ size }) => size === 1);

/**
 * Returns a callback that checks every n steps for faults: a loss, gradients or embeddings that are NaN or infinite, an
 * exploding gradient norm, embeddings that collapse to one point, and, for five looks, a loss risen above log(1 + K),
 * the loss of embeddings all alike. An alarm names a remedy, and stops the training with a `TrainingAlarm` or warns.
 *
 * ```ts
 * await model.fitDataset(data, { epochs, callbacks: [trainingAlarms({ lastCheckpoint: () => saver.latest }), saver] });
 * ```
 *
 * List it before the checkpoint, so that no faulty state is saved. In a custom loop:
 * `const alarms = trainingAlarms({ model, optimizer })`, then `await alarms.afterStep({ loss })` after each step.
 *
 * @throws ArgumentError for bad options, and in training for a model without an optimizer.
 */
export function trainingAlarms(args?: TrainingAlarmsArgs): TrainingAlarms {
  return new TrainingAlarms(args);
}
