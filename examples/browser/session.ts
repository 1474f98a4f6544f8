import type * as tf from '@tensorflow/tfjs';
import { Learner } from './learner';
import { embedAll, type Features } from './neighbors';
import { type Picture, toBatch } from './pictures';

/** A set of pictures, with the encoder that learns them. Another set starts another session. */
export class Session {
  readonly images: tf.Tensor4D;
  learner: Learner;
  /** Features of the current encoder, in the order of the pictures. */
  features?: Features;
  /** Steps that the encoder was trained for. */
  steps = 0;

  /** @param pictures At least one. */
  constructor(readonly pictures: readonly Picture[]) {
    this.images = toBatch(pictures);
    this.learner = new Learner(pictures.length);
  }

  /** Forgets what was learned. */
  restart(): void {
    this.learner.dispose();
    this.learner = new Learner(this.pictures.length);
    this.steps = 0;
  }

  async embed(): Promise<void> {
    this.features = await embedAll(this.learner, this.images);
  }

  dispose(): void {
    this.images.dispose();
    this.learner.dispose();
  }
}
