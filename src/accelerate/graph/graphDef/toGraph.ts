import { type Attribute, dataTypes, type GraphBackend } from '../binding/binding';
import { bytesOf } from '../binding/values';
import type { Program, Source } from '../recording/program';
import { isShapedByValues } from '../recording/shapes';
import type { AttributeValue, GraphNode, SingleOperation } from '../savedModel/protobuf';
import { guardedSlots } from './barriers';
import { GraphBuilder, names } from './builder';
import { addChanging } from './changing';
import { type Dependencies, dependencies } from './dependencies';

/** The kinds of attributes in the order of the constants `TF_ATTR_…`. */
const kinds = ['s', 'i', 'f', 'b', 'type', 'shape'];
/**
 * Operations of which tfjs-node leaves the type to the eager runtime, or gives another one than their first input has
 * (the mean of a cast accuracy), which that runtime corrects.
 */
const inferred = new Set(['ExpandDims', 'Mean', 'OnesLike', 'Where', 'ZerosLike']);
/**
 * Operations that graphs give to oneDNN on some processors, and single operations do not; with what TensorFlow calls
 * their output. Called by a function of their own, they stay as they are.
 */
const alone: Record<string, string> = { Softmax: 'softmax' };
/** A program as the nodes of a graph, and what of the program is in it. */
export interface ProgramGraph extends Dependencies {
  nodes: GraphNode[];
  functions: SingleOperation[];
  /** Indices of the constants that have a variable; others that have the same values read it too. */
  stored: number[];
  /** Indices of the constants that each step brings. */
  changing: number[];
}

const toAttributes = (attributes: Attribute[]) =>
  Object.fromEntries(attributes.map(({ name, type, value }) => [name, { [kinds[type]]: value } as AttributeValue]));

/**
 * Writes a program as a graph: what nothing depends on is left out.
 *
 * @param capturedType The type of a captured tensor by its id.
 */
export function toGraph(program: Program, backend: GraphBackend, capturedType: (id: number) => number): ProgramGraph {
  const { operations, constants, variables, assigned, results } = program;
  const builder = new GraphBuilder();
  const { nodes, add, addState, addMarker } = builder;
  const functions = new Map<string, SingleOperation>();
  const needed = dependencies(program);
  const variableIndex = new Map(variables.map((variable, i) => [variable, i]));
  const typeOf = new Map([
    ...constants.map(({ slot, dtype }) => [slot, dtype] as const),
    ...operations.flatMap(({ outputs }) => outputs.map(({ slot, dtype }) => [slot, dtype] as const)),
  ]);
  const output = new Map<number, string>();
  const reference = (source: Source): string => {
    if (source.kind === 'slot') return output.get(source.slot)!;
    if (source.kind === 'variable') return names.variable(variableIndex.get(source.variable)!);
    return source.kind === 'argument' ? names.argument(source.index) : names.captured(source.id);
  };

  for (const index of needed.args) {
    const dtype = { type: backend.getDTypeInteger(program.args[index].dtype) };
    add(names.argument(index), 'Placeholder', [], { dtype, shape: { shape: null } });
  }
  const initialize = variables.map(({ dtype }, i) => addState(names.variable(i), backend.getDTypeInteger(dtype)));
  addMarker('initialize_variables', initialize);
  const changing = needed.constants.filter((i) => constants[i].changes);
  const taken = addChanging(
    builder,
    changing.map((i) => constants[i]),
  );
  for (const [k, i] of changing.entries()) output.set(constants[i].slot, taken[k]);
  const stored = new Map<string, number>();
  for (const i of needed.constants) {
    const { slot, dtype, shape, values, changes } = constants[i];
    if (changes) continue;
    const key = `${dtype} ${shape} ${bytesOf(values).toString('base64')}`;
    if (!stored.has(key)) stored.set(key, i);
    output.set(slot, names.constant(stored.get(key)!));
  }
  addMarker('initialize_constants', [
    ...[...stored.values()].map((i) => {
      const { dtype, shape } = constants[i];
      // Some operations ask for lists of integers by their rank.
      return addState(names.constant(i), dtype, dtype === dataTypes.int32 ? shape : null);
    }),
    ...needed.captured.map((id) => addState(names.captured(id), capturedType(id))),
  ]);

  const guarded = guardedSlots(program);
  for (const [i, { name, attributes, inputs, outputs }] of operations.entries()) {
    if (!needed.operations.has(i)) continue;
    const isAlone = name in alone;
    if (isAlone) functions.set(name, { name: `${name}_alone`, op: name, output: alone[name], type: outputs[0].dtype });
    const node = add(
      `operation_${i}`,
      isAlone ? `${name}_alone` : name,
      inputs.map(reference),
      isAlone ? {} : toAttributes(attributes),
    );
    if (inferred.has(name)) nodes[nodes.length - 1].attributes.T = { type: sourceType(inputs[0]) };
    for (const [k, { slot, shape, dtype }] of outputs.entries()) {
      output.set(slot, k === 0 ? node : `${node}:${k}`);
      // The shape that JavaScript is told must be the one that comes out, or the run fails.
      const isChecked = isShapedByValues(name);
      if (!needed.slots.has(slot) || !(isChecked || (dtype === dataTypes.float32 && guarded.has(slot)))) continue;
      const attributes = { T: { type: dtype }, shape: { shape: isChecked ? shape : shape.map(() => -1) } };
      output.set(slot, add(`value_${slot}`, 'EnsureShape', [output.get(slot)!], attributes));
    }
  }
  function sourceType(source: Source): number {
    if (source.kind === 'slot') return typeOf.get(source.slot)!;
    if (source.kind === 'variable') return backend.getDTypeInteger(source.variable.dtype);
    if (source.kind === 'argument') return backend.getDTypeInteger(program.args[source.index].dtype);
    return capturedType(source.id);
  }

  // Nothing is assigned before all new values are there: a step that fails leaves the state as it was.
  const values = new Set(assigned.map(({ value }) => `^${reference(value).split(':')[0]}`));
  const ready = add('ready', 'NoOp', [...values], {});
  const writes = assigned.map(({ variable, value }) => {
    const name = names.variable(variableIndex.get(variable)!);
    const inputs = [`${name}_handle`, reference(value), `^${name}`, `^${ready}`];
    return add(`${name}_assign`, 'AssignVariableOp', inputs, {
      dtype: { type: sourceType({ kind: 'variable', variable }) },
    });
  });
  for (const [k, slot] of results.entries())
    add(names.result(k), 'Identity', [output.get(slot)!], { T: { type: typeOf.get(slot)! } });
  addMarker('done', writes);
  return { nodes, functions: [...functions.values()], stored: [...stored.values()], changing, ...needed };
}
