const said = new Set<string>();

/** Warns of what stays as it is from step to step. */
export function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.warn(message);
}
