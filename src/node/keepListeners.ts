/**
 * Runs an action, then removes the listeners that it added for uncaught errors: wasm's rethrow them, which hides Node's
 * own stack trace.
 */
export async function keepListeners(action: () => Promise<void>): Promise<void> {
  const emitter: NodeJS.EventEmitter = process;
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map((event) => emitter.listeners(event));
  try {
    await action();
  } finally {
    events.forEach((event, i) => {
      const added = emitter.listeners(event).filter((listener) => !before[i].includes(listener));
      for (const listener of added) emitter.removeListener(event, listener as () => void);
    });
  }
}
