/**
 * Makes a task that may be called at any rate: a call while it runs leads to one more run after it, however many calls
 * there were, so that what a slider shows last is what is computed last.
 */
export function latest(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  return () => {
    again = true;
    running ??= (async () => {
      while (again) {
        again = false;
        await task();
      }
    })().finally(() => {
      running = undefined;
    });
    return running;
  };
}
