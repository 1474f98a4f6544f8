import * as tf from '@tensorflow/tfjs';
import { drawCurve } from './curve';
import { element } from './elements';
import type { Step } from './learner';
import { percent } from './preview';
import type { Session } from './session';
import type { Settings } from './settings';
import { makeTextures } from './textures';

const form = element<HTMLFormElement>('training');
const button = element<HTMLButtonElement>('train');
const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;

/** The training of the page's third part: at most one at a time. */
export class Training {
  private running?: Promise<void>;
  private stopped = false;

  /** Trains `session`'s encoder from scratch and shows its progress; resolves when it ends or is stopped. */
  start(session: Session, settings: Settings, say: (text: string) => void): Promise<void> {
    this.stopped = false;
    button.textContent = 'Stop';
    this.running = this.run(session, settings, say).finally(() => {
      this.running = undefined;
      button.textContent = 'Train';
    });
    return this.running;
  }

  /** An empty chart, so that nothing moves when it fills. */
  clear(): void {
    drawCurve(element('curve'), [], field('steps').valueAsNumber);
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Resolves once nothing is running. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(session: Session, settings: Settings, say: (text: string) => void): Promise<void> {
    const [steps, patches] = [field('steps').valueAsNumber, field('patches').checked];
    const count = session.images.shape[0];
    session.restart();
    let textures: tf.Tensor4D | undefined;
    if (field('textures').checked) {
      say('Making a texture of each picture …');
      textures = await makeTextures(session.images, settings.exemplar, (done) => {
        element('progress').textContent = `Texture ${done} of ${count}.`;
        return !this.stopped;
      });
    }
    say(`Training for ${steps} steps …`);
    const history: Step[] = [];
    try {
      for await (const step of session.learner.train(session.images, textures, { steps, settings, patches })) {
        if (this.stopped) break;
        history.push(step);
        session.steps = step.step;
        drawCurve(element('curve'), history, steps);
        element('progress').textContent = describe(step, steps);
      }
    } finally {
      tf.dispose(textures ?? []);
    }
    await session.embed();
    say(`${this.stopped ? 'Stopped' : 'Trained'} after ${history.length} steps.`);
  }
}

const describe = ({ step, loss, found }: Step, steps: number) =>
  `Step ${step} of ${steps}: loss ${loss.toFixed(2)}; ${percent(found)} of the queries are nearest to their key.`;
