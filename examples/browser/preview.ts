import * as tf from '@tensorflow/tfjs';
import { drawImage, drawPixels } from './canvas';
import { element } from './elements';
import { makeExamples, makeTexture } from './examples';
import { type Picture, shownSide } from './pictures';
import { measurePush, type Push } from './push';
import type { Session } from './session';
import type { Settings } from './settings';

const canvas = (id: string) => element<HTMLCanvasElement>(id);

/** Shows a picture's views and negatives, and what a training step would make of them. */
export class Preview {
  /** The last texture; it takes longest, and most sliders leave it as it is. */
  private texture?: { picture: Picture; exemplar: number; seed: number; image: tf.Tensor4D };

  async show(session: Session, picked: number, settings: Settings, seed: number): Promise<void> {
    const picture = session.pictures[picked];
    drawPixels(canvas('picture'), picture.shown, [shownSide, shownSide]);
    const { query, key, patches } = makeExamples(picture, settings, seed);
    try {
      await Promise.all(Object.entries({ query, key, patches }).map(([id, image]) => drawImage(canvas(id), image)));
      const texture = await this.textureOf(picture, settings.exemplar, seed);
      showPush(await measurePush(session.learner, [query, key, patches, texture], settings.alpha));
    } finally {
      tf.dispose([query, key, patches]);
    }
  }

  private async textureOf(picture: Picture, exemplar: number, seed: number): Promise<tf.Tensor4D> {
    const last = this.texture;
    if (last?.picture === picture && last.exemplar === exemplar && last.seed === seed) return last.image;
    canvas('texture').classList.add('busy');
    await tf.nextFrame();
    const image = makeTexture(picture, exemplar, seed);
    this.texture = { picture, exemplar, seed, image };
    last?.image.dispose();
    await drawImage(canvas('texture'), image);
    canvas('texture').classList.remove('busy');
    return image;
  }
}

function showPush(push: Push): void {
  for (const [name, share] of Object.entries(push)) {
    element('push').querySelector<HTMLElement>(`i.${name}`)!.style.flexGrow = String(share);
    element('push').querySelector(`output[name=${name}]`)!.textContent = percent(share);
  }
}

/** With a space at which no line breaks. */
export const percent = (share: number) => `${Math.round(100 * share)}\u00a0%`;
