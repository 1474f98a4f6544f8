import { dataTypes } from '../binding/binding';
import type { AttributeValue, GraphNode } from '../savedModel/protobuf';

/** Names nodes. */
export const names = {
  argument: (index: number) => `argument_${index}`,
  variable: (index: number) => `variable_${index}`,
  constant: (index: number) => `constant_${index}`,
  captured: (id: number) => `captured_${id}`,
  /** The node that is fed with the first value of a variable of the session. */
  initialValue: (name: string) => `${name}_initial`,
  result: (index: number) => `result_${index}`,
};

/** Collects the nodes of a graph; each function adds some and returns the name of the last. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];

  add = (name: string, op: string, inputs: string[], attributes: Record<string, AttributeValue>): string => {
    this.nodes.push({ name, op, inputs, attributes });
    return name;
  };

  /** Adds a constant of int32: a number, or a list. */
  addIntegers = (name: string, values: number | number[], inputs: string[] = []): string =>
    this.add(name, 'Const', inputs, { dtype: { type: dataTypes.int32 }, value: { int32: values } });

  /** Adds a node that is fetched to run all of `targets`: the binding runs nothing that it does not fetch. */
  addTarget = (name: string, targets: string[]): string =>
    this.addIntegers(
      name,
      0,
      targets.map((node) => `^${node}`),
    );

  /**
   * Adds a variable of the session, which the node `name` reads.
   *
   * Its shape is unknown to TensorFlow's graph optimizer, which can thus neither fold nor reorder what depends on it:
   * every operation rounds as it does by itself. Constants are variables for this reason.
   */
  addState = (name: string, dtype: number, sizes: number[] | null = null): string => {
    const type = { dtype: { type: dtype } };
    const shape = { ...type, shape: { shape: sizes } };
    const handle = `${name}_handle`;
    this.add(handle, 'VarHandleOp', [], { ...shape, shared_name: { s: name }, container: { s: '' } });
    this.add(name, 'ReadVariableOp', [handle], type);
    this.add(names.initialValue(name), 'Placeholder', [], shape);
    return this.add(`${name}_initialize`, 'AssignVariableOp', [handle, names.initialValue(name)], type);
  };
}
