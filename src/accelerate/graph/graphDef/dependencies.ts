import type { Program, Source } from '../recording/program';

/** What of a program its results and its state depend on. */
export interface Dependencies {
  /** Indices of operations and constants, slots of their outputs. */
  operations: Set<number>;
  constants: number[];
  slots: Set<number>;
  /** Indices of arguments. */
  args: number[];
  /** Ids of tensors from outside. */
  captured: number[];
}

/** Walks backwards from what is left of a step. */
export function dependencies({ operations, constants, assigned, results }: Program): Dependencies {
  const maker = new Map(operations.flatMap(({ outputs }, i) => outputs.map(({ slot }) => [slot, i] as const)));
  const constantOf = new Map(constants.map(({ slot }, i) => [slot, i]));
  const found = { operations: new Set<number>(), constants: new Set<number>(), args: new Set<number>() };
  const slots = new Set<number>();
  const captured = new Set<number>();
  const open: Source[] = [
    ...assigned.map(({ value }) => value),
    ...results.map((slot) => ({ kind: 'slot', slot }) as const),
  ];
  for (let source = open.pop(); source; source = open.pop()) {
    if (source.kind === 'argument') found.args.add(source.index);
    if (source.kind === 'captured') captured.add(source.id);
    if (source.kind !== 'slot' || slots.has(source.slot)) continue;
    slots.add(source.slot);
    const constant = constantOf.get(source.slot);
    if (constant !== undefined) {
      found.constants.add(constant);
      continue;
    }
    const operation = maker.get(source.slot)!;
    if (found.operations.has(operation)) continue;
    found.operations.add(operation);
    open.push(...operations[operation].inputs);
  }
  const ascending = (numbers: Set<number>) => [...numbers].sort((a, b) => a - b);
  return {
    operations: found.operations,
    constants: ascending(found.constants),
    slots,
    args: ascending(found.args),
    captured: ascending(captured),
  };
}
