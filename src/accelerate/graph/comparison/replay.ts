import type { Variable } from '@tensorflow/tfjs-core';
import type { Values } from '../binding/binding';
import type { Dispatcher } from '../binding/dispatcher';
import { sameList } from '../binding/values';
import type { Operation, Program, Source } from '../recording/program';
import { isShapedByValues } from '../recording/shapes';

/** Describes how far a step agreed with a program, and which ids it used. */
export interface Progress {
  /** The number of operations. */
  operation: number;
  /** The values and shapes of its constants. */
  values: Values[];
  shapes: number[][];
  /** The ids that it deleted, each with the number of operations before. */
  deletions: { id: number; position: number }[];
  /** The ids of variables before the step. */
  variables: Map<Variable, number>;
  /** Returns the id of a value in this step. */
  idOf(source: Source): number | undefined;
  /** Returns whether an id stands for a value that this step makes. */
  isOwn(id: number): boolean;
}

/** Runs one by one what a step asked for. If one operation throws, variables go back to the values before the step. */
export function replay(progress: Progress, dispatcher: Dispatcher, program: Program): void {
  const { operation, values, shapes, deletions, idOf } = progress;
  const { constants, operations } = program;
  const resolve = (slot: number, id: number) => dispatcher.resolved.set(idOf({ kind: 'slot', slot })!, id);
  let [created, deleted] = [0, 0];
  for (let i = 0; i <= operation; i++) {
    for (; created < values.length && constants[created].position === i; created++) {
      const { slot, dtype } = constants[created];
      resolve(slot, dispatcher.createTensor(shapes[created], dtype, values[created]));
    }
    for (; deletions[deleted]?.position === i; deleted++) dispatcher.deleteTensor(deletions[deleted].id);
    if (i === operation) return;
    const { name, attributes, inputs, outputs } = operations[i];
    try {
      const ids = inputs.map((source) => idOf(source)!);
      for (const [k, { id, shape }] of dispatcher.executeOp(name, attributes, ids, outputs.length).entries()) {
        resolve(outputs[k].slot, id);
        if (isShapedByValues(name)) checkShape(program, outputs[k], shape);
      }
    } catch (error) {
      abandon(progress, deletions.slice(deleted), dispatcher, program);
      throw error;
    }
  }
}

/** Checks the shape with which JavaScript continued: with another one it might have asked for something else. */
function checkShape({ operations }: Program, expected: Operation['outputs'][0], shape: number[]): void {
  const isRead = operations.some(({ inputs }) => inputs.some((s) => s.kind === 'slot' && s.slot === expected.slot));
  if (isRead && !sameList(shape, expected.shape))
    throw new Error(`Expected a tensor of shape [${expected.shape}] as in the steps before, received [${shape}].`);
}

/** Gives variables whose new values do not exist those before the step, and deletes what is left to delete. */
function abandon(
  { variables, isOwn }: Progress,
  deletions: { id: number }[],
  dispatcher: Dispatcher,
  { assigned }: Program,
): void {
  const kept = new Set<number>();
  for (const { variable } of assigned) {
    const id = dispatcher.idOf(variable);
    const previous = variables.get(variable);
    if (id === undefined || previous === undefined || !isOwn(id) || dispatcher.resolved.has(id)) continue;
    dispatcher.backend.tensorMap.get(variable.dataId).id = previous;
    kept.add(previous);
  }
  for (const { id } of deletions) if (!kept.has(id)) dispatcher.deleteTensor(id);
}
