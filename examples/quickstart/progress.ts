import { SingleBar } from 'cli-progress';
import type { MetricRecord } from 'tfjs-nonsemantic-negatives';

/** A progress bar on a terminal, a plain line every hundred steps elsewhere. */
export class ProgressLine {
  private readonly started = performance.now();
  private readonly bar?: SingleBar;

  constructor(
    private readonly name: string,
    private readonly steps: number,
    private readonly batchSize: number,
    private readonly firstStep: number,
  ) {
    if (!process.stdout.isTTY) {
      console.log(`${name}: ${steps - firstStep} steps`);
      return;
    }
    this.bar = new SingleBar({
      format: `${name} {bar} {value}/{total} | loss {loss} | lr {rate} | {speed} images/s | {mode} | {left} left`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
    });
    this.bar.start(steps, firstStep, { loss: '–', rate: '–', speed: '–', mode: '–', left: '–' });
  }

  /** @param mode How steps run. */
  update({ step, loss, learningRate }: MetricRecord, mode: string): void {
    const seconds = (performance.now() - this.started) / 1000;
    const done = step - this.firstStep;
    const figures = {
      loss: loss.toFixed(3),
      rate: learningRate.toFixed(4),
      speed: Math.round((done * this.batchSize) / seconds),
      mode,
      left: `${Math.round(((this.steps - step) * seconds) / done)} s`,
    };
    if (this.bar) this.bar.update(step, figures);
    else if (step % 100 === 0)
      console.log(
        `${this.name}: step ${step}/${this.steps}, loss ${figures.loss}, lr ${figures.rate}, ${figures.speed} images/s, ${mode}, ${figures.left} left`,
      );
  }

  end(): void {
    this.bar?.stop();
  }
}
