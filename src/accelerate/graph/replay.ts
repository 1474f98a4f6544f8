import type { Variable } from '@tensorflow/tfjs-core';
import type { Attribute, Values } from './binding';
import { sameList } from './compare';
import type { Program } from './program';
import { isShapedByValues } from './shapes';
import type { Switchboard } from './switchboard';

/** What JavaScript asked for, and the virtual ids that it was answered with. */
export type Call =
  | { kind: 'execute'; name: string; attributes: Attribute[]; inputs: number[]; slots: number[] }
  | { kind: 'create'; shape: number[]; dtype: number; values: Values; slot: number }
  | { kind: 'delete'; id: number };

/** Which virtual ids stand for the values of a step, and the ids of its variables before it. */
interface StepIds {
  first: number;
  before: Map<Variable, number>;
}

/**
 * Runs calls one by one, as they came. If one throws, the variables that were not assigned keep the values before the
 * step.
 */
export function replay(calls: Call[], board: Switchboard, program: Program, ids: StepIds): void {
  for (const [i, call] of calls.entries()) {
    try {
      run(call, board, program, ids.first);
    } catch (error) {
      abandon(calls.slice(i + 1), board, program, ids);
      throw error;
    }
  }
}

function run(call: Call, board: Switchboard, program: Program, first: number): void {
  if (call.kind === 'delete') board.deleteTensor(call.id);
  else if (call.kind === 'create')
    board.resolved.set(first + call.slot, board.createTensor(call.shape, call.dtype, call.values));
  else {
    const { name, attributes, inputs, slots } = call;
    for (const [k, { id, shape }] of board.executeOp(name, attributes, inputs, slots.length).entries()) {
      board.resolved.set(first + slots[k], id);
      if (isShapedByValues(name)) checkShape(program, slots[k], shape);
    }
  }
}

/**
 * JavaScript went on with the recorded shape: with another one, what it asked for is not what it would have asked for.
 */
function checkShape({ operations }: Program, slot: number, shape: number[]): void {
  const isRead = operations.some(({ inputs }) => inputs.some((s) => s.kind === 'slot' && s.slot === slot));
  const told = operations.flatMap(({ outputs }) => outputs).find((output) => output.slot === slot)!;
  if (isRead && !sameList(shape, told.shape))
    throw new Error(`Expected a tensor of shape [${told.shape}] as in the steps before, received [${shape}].`);
}

function abandon(rest: Call[], board: Switchboard, { assigned, slots }: Program, { first, before }: StepIds): void {
  const kept = new Set<number>();
  for (const { variable } of assigned) {
    const id = board.idOf(variable);
    const previous = before.get(variable);
    const isNew = id !== undefined && id >= first && id < first + slots;
    if (!isNew || previous === undefined || board.resolved.has(id)) continue;
    board.backend.tensorMap.get(variable.dataId).id = previous;
    kept.add(previous);
  }
  for (const call of rest) if (call.kind === 'delete' && !kept.has(call.id)) board.deleteTensor(call.id);
}
