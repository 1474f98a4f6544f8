import { type Program, type Source, sourcesOf } from '../recording/program';

/** Lists what the results and the new values of variables depend on. */
export interface Dependencies {
  /** The indices of operations. */
  operations: Set<number>;
  /** The indices of constants. */
  constants: number[];
  slots: Set<number>;
  /** The indices of arguments. */
  args: number[];
  /** The ids of tensors from outside. */
  captured: number[];
}

/** Walks backwards from what is left of a step. */
export function dependencies({ operations, constants, assigned, results }: Program): Dependencies {
  const makers = new Map(operations.flatMap(({ outputs }, i) => outputs.map(({ slot }) => [slot, i])));
  const [needed, slots] = [new Set<number>(), new Set<number>()];
  const [args, captured] = [new Set<number>(), new Set<number>()];
  const open: Source[] = [
    ...sourcesOf({ operations: [], assigned }),
    ...results.map((slot) => ({ kind: 'slot', slot }) as const),
  ];
  for (let source = open.pop(); source; source = open.pop()) {
    if (source.kind === 'argument') args.add(source.index);
    if (source.kind === 'captured') captured.add(source.id);
    if (source.kind !== 'slot' || slots.has(source.slot)) continue;
    slots.add(source.slot);
    const maker = makers.get(source.slot); // A constant has none.
    if (maker === undefined || needed.has(maker)) continue;
    needed.add(maker);
    open.push(...operations[maker].inputs);
  }
  return {
    operations: needed,
    constants: [...constants.keys()].filter((i) => slots.has(constants[i].slot)),
    slots,
    args: [...args].sort((a, b) => a - b),
    captured: [...captured],
  };
}
