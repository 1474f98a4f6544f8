import type { Variable } from '@tensorflow/tfjs-core';
import type { Values } from '../binding/binding';
import type { Switchboard } from '../binding/dispatcher';
import { sameList } from '../binding/values';
import type { Program, Source } from '../recording/program';
import { isShapedByValues } from '../recording/shapes';

/** What a step asked for so far: the first operations and constants of a program, and deletions. */
export interface Progress {
  /** How many operations. */
  operation: number;
  values: Values[];
  shapes: number[][];
  /** Ids that were deleted, and the number of operations before. */
  deletions: { id: number; position: number }[];
}

/** Which virtual ids stand for the values of a step, and the ids of its variables before it. */
interface StepIds {
  first: number;
  variables: Map<Variable, number>;
  idOf(source: Source): number | undefined;
}

/**
 * Runs one by one what a step asked for. If an operation throws, the variables that were not assigned keep the values
 * before the step.
 */
export function replay(progress: Progress, board: Switchboard, program: Program, ids: StepIds): void {
  const { operation, values, shapes, deletions } = progress;
  const { constants, operations } = program;
  let [created, deleted] = [0, 0];
  for (let i = 0; i <= operation; i++) {
    for (; created < values.length && constants[created].position === i; created++) {
      const { slot, dtype } = constants[created];
      board.resolved.set(ids.first + slot, board.createTensor(shapes[created], dtype, values[created]));
    }
    for (; deletions[deleted]?.position === i; deleted++) board.deleteTensor(deletions[deleted].id);
    if (i === operation) return;
    const { name, attributes, inputs, outputs } = operations[i];
    try {
      const made = board.executeOp(
        name,
        attributes,
        inputs.map((source) => ids.idOf(source)!),
        outputs.length,
      );
      for (const [k, { id, shape }] of made.entries()) {
        board.resolved.set(ids.first + outputs[k].slot, id);
        if (isShapedByValues(name)) checkShape(program, outputs[k], shape);
      }
    } catch (error) {
      abandon(deletions.slice(deleted), board, program, ids);
      throw error;
    }
  }
}

/** Checks the shape that JavaScript continued with: with another one it might have asked for something else. */
function checkShape({ operations }: Program, expected: { slot: number; shape: number[] }, shape: number[]): void {
  const isRead = operations.some(({ inputs }) => inputs.some((s) => s.kind === 'slot' && s.slot === expected.slot));
  if (isRead && !sameList(shape, expected.shape))
    throw new Error(`Expected a tensor of shape [${expected.shape}] as in the steps before, received [${shape}].`);
}

function abandon(deletions: { id: number }[], board: Switchboard, { assigned, slots }: Program, ids: StepIds): void {
  const kept = new Set<number>();
  for (const { variable } of assigned) {
    const id = board.idOf(variable);
    const previous = ids.variables.get(variable);
    const isNew = id !== undefined && id >= ids.first && id < ids.first + slots;
    if (!isNew || previous === undefined || board.resolved.has(id)) continue;
    board.backend.tensorMap.get(variable.dataId).id = previous;
    kept.add(previous);
  }
  for (const { id } of deletions) if (!kept.has(id)) board.deleteTensor(id);
}
