import { dispose, type TensorContainer } from '@tensorflow/tfjs-core';

/** Starts to read each element of a stream while the one before it is in use. */
export async function* readAhead(stream: AsyncGenerator<TensorContainer>): AsyncGenerator<TensorContainer> {
  let next = stream.next();
  try {
    for (let { value, done } = await next; !done; { value, done } = await next) {
      next = stream.next();
      // Reported when its turn comes.
      next.catch(() => {});
      yield value;
    }
  } finally {
    const left = await next.catch(() => undefined);
    if (left && !left.done) dispose(left.value);
    await stream.return(undefined);
  }
}
