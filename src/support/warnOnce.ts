const said = new Set<string>();

/** Warns once for each `reason`: of what stays as it is from step to step. */
export function warnOnce(message: string, reason = message): void {
  if (said.has(reason)) return;
  said.add(reason);
  console.warn(message);
}
