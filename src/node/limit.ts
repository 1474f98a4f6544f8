/** Returns a function that runs at most `count` calls of `action` at a time and lets the others wait for their turn. */
export function limit<In, Out>(count: number, action: (input: In) => Promise<Out>): (input: In) => Promise<Out> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (input) => {
    if (running >= count) await new Promise<void>((start) => void waiting.push(start));
    else running += 1;
    try {
      return await action(input);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
