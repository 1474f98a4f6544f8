/**
 * Makes a task that may be called at any rate. Calls during a run lead to one more run after it, so that the last
 * result fits the slider's last position.
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
