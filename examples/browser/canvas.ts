import * as tf from '@tensorflow/tfjs';

/** Draws a normalized image `[1, H, W, 3]`; what the normalization took is put back. */
export async function drawImage(canvas: HTMLCanvasElement, image: tf.Tensor4D): Promise<void> {
  const rgb = tf.tidy(() => {
    const [mean, deviation] = [tf.tensor1d([0.485, 0.456, 0.406]), tf.tensor1d([0.229, 0.224, 0.225])];
    return tf.mul(tf.add(tf.mul(image, deviation), mean), 255);
  });
  const [, height, width] = image.shape;
  drawPixels(canvas, await rgb.data(), [height, width]);
  rgb.dispose();
}

/** Draws RGB pixels in 0 … 255, row by row. */
export function drawPixels(canvas: HTMLCanvasElement, rgb: ArrayLike<number>, [height, width]: [number, number]): void {
  const picture = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) picture.data[4 * i + channel] = rgb[3 * i + channel];
    picture.data[4 * i + 3] = 255;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
}
