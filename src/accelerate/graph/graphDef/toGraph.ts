import { type Attribute, dataTypes, type GraphBackend } from '../binding/binding';
import { bytesOf } from '../binding/values';
import type { Program, Source } from '../recording/program';
import { isShapedByValues } from '../recording/shapes';
import type { AttributeValue, GraphNode, SingleOperation } from '../savedModel/protobuf';
import { slotsWithBarrier } from './barriers';
import { GraphBuilder, names } from './builder';
import { addChanging } from './changing';
import { type Dependencies, dependencies } from './dependencies';

/** The kinds of attributes in the order of the constants `TF_ATTR_…`. */
const kinds = ['s', 'i', 'f', 'b', 'type', 'shape'];
/**
 * Lists operations of which tfjs-node leaves the type to the eager runtime, or gives another one than their first input
 * has, which that runtime corrects: the mean of a cast accuracy.
 */
const inferred = new Set(['ExpandDims', 'Mean', 'OnesLike', 'Where', 'ZerosLike']);
/**
 * Lists operations that graphs give to oneDNN on some processors and single operations do not, with what TensorFlow
 * calls their output. In a function of their own they stay as they are.
 */
const alone: Record<string, string> = { Softmax: 'softmax' };

/** Holds the nodes of a program's graph, and what of the program is in it. */
export interface ProgramGraph extends Dependencies {
  nodes: GraphNode[];
  functions: SingleOperation[];
  /** The indices of constants that have a variable; others of the same values read it too. */
  stored: number[];
  /** The indices of constants that each step feeds. */
  changing: number[];
}

/** Names an output of a node, with the number of its type. */
interface NodeOutput {
  node: string;
  dtype: number;
}

/**
 * Writes a program as a graph, without what nothing depends on.
 *
 * @param capturedType Returns the type of a captured tensor by its id.
 */
export function toGraph(program: Program, backend: GraphBackend, capturedType: (id: number) => number): ProgramGraph {
  const { operations, constants, variables, assigned, results, args } = program;
  const builder = new GraphBuilder();
  const { nodes, add, addState, addTarget } = builder;
  const needed = dependencies(program);
  const made = new Map<number, NodeOutput>();
  const typeOf = (tensor: { dtype: string }) => backend.getDTypeInteger(tensor.dtype);
  const outputOf = (source: Source): NodeOutput => {
    if (source.kind === 'slot') return made.get(source.slot)!;
    if (source.kind === 'captured') return { node: names.captured(source.id), dtype: capturedType(source.id) };
    if (source.kind === 'argument') return { node: names.argument(source.index), dtype: typeOf(args[source.index]) };
    return { node: names.variable(variables.indexOf(source.variable)), dtype: typeOf(source.variable) };
  };

  for (const i of needed.args)
    add(names.argument(i), 'Placeholder', [], { dtype: { type: typeOf(args[i]) }, shape: { shape: null } });
  addTarget(
    'initialize_variables',
    variables.map((variable, i) => addState(names.variable(i), typeOf(variable))),
  );
  const changing = needed.constants.filter((i) => constants[i].changes);
  const unpacked = addChanging(
    builder,
    changing.map((i) => constants[i]),
  );
  for (const [k, i] of changing.entries())
    made.set(constants[i].slot, { node: unpacked[k], dtype: constants[i].dtype });
  const stored = new Map<string, number>();
  for (const i of needed.constants) {
    const { slot, dtype, shape, values, changes } = constants[i];
    if (changes) continue;
    const key = `${dtype} ${shape} ${bytesOf(values).toString('base64')}`;
    if (!stored.has(key)) stored.set(key, i);
    made.set(slot, { node: names.constant(stored.get(key)!), dtype });
  }
  addTarget('initialize_constants', [
    ...[...stored.values()].map((i) => {
      const { dtype, shape } = constants[i];
      // Some operations ask for lists of integers by their rank.
      return addState(names.constant(i), dtype, dtype === dataTypes.int32 ? shape : null);
    }),
    ...needed.captured.map((id) => addState(names.captured(id), capturedType(id))),
  ]);

  const withBarrier = slotsWithBarrier(program);
  const functions = new Map<string, SingleOperation>();
  for (const [i, { name, attributes, inputs, outputs }] of operations.entries()) {
    if (!needed.operations.has(i)) continue;
    const sources = inputs.map(outputOf);
    const isAlone = name in alone;
    if (isAlone) functions.set(name, { name: `${name}_alone`, op: name, output: alone[name], type: outputs[0].dtype });
    const node = add(
      `operation_${i}`,
      isAlone ? `${name}_alone` : name,
      sources.map(({ node }) => node),
      isAlone ? {} : toAttributes(attributes),
    );
    if (inferred.has(name)) nodes[nodes.length - 1].attributes.T = { type: sources[0].dtype };
    for (const [k, { slot, shape, dtype }] of outputs.entries()) {
      const output = k === 0 ? node : `${node}:${k}`;
      made.set(slot, { node: output, dtype });
      // The shape that JavaScript is told must be the one that comes out, or the run fails.
      const isChecked = isShapedByValues(name);
      if (!needed.slots.has(slot) || !(isChecked || (dtype === dataTypes.float32 && withBarrier.has(slot)))) continue;
      const attributes = { T: { type: dtype }, shape: { shape: isChecked ? shape : shape.map(() => -1) } };
      made.set(slot, { node: add(`value_${slot}`, 'EnsureShape', [output], attributes), dtype });
    }
  }

  // Nothing is assigned before all new values are there: a step that fails leaves the state as it was.
  const next = assigned.map(({ value }) => outputOf(value).node);
  const ready = add('ready', 'NoOp', [...new Set(next.map((node) => `^${node.split(':')[0]}`))], {});
  const writes = assigned.map(({ variable }, k) => {
    const { node, dtype } = outputOf({ kind: 'variable', variable });
    const inputs = [`${node}_handle`, next[k], `^${node}`, `^${ready}`];
    return add(`${node}_assign`, 'AssignVariableOp', inputs, { dtype: { type: dtype } });
  });
  for (const [k, slot] of results.entries()) {
    const { node, dtype } = made.get(slot)!;
    add(names.result(k), 'Identity', [node], { T: { type: dtype } });
  }
  addTarget('done', writes);
  return { nodes, functions: [...functions.values()], stored: [...stored.values()], changing, ...needed };
}

const toAttributes = (attributes: Attribute[]) =>
  Object.fromEntries(attributes.map(({ name, type, value }) => [name, { [kinds[type]]: value } as AttributeValue]));
