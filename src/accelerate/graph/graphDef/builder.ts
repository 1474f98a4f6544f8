import { dataTypes } from '../binding/binding';
import type { AttributeValue, GraphNode } from '../savedModel/protobuf';

/** The names of nodes. */
export const names = {
  argument: (index: number) => `argument_${index}`,
  variable: (index: number) => `variable_${index}`,
  constant: (index: number) => `constant_${index}`,
  captured: (id: number) => `captured_${id}`,
  /** Where the value is fed that `initialize…` gives to the state of a node. */
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

  /** Adds integers: one, or a list. */
  addIntegers = (name: string, values: number | number[], after: string[] = []): string =>
    this.add(name, 'Const', after, { dtype: { type: dataTypes.int32 }, value: { int32: values } });

  /** Adds what is fetched to have everything in `after` done: the binding runs nothing without a result. */
  addMarker = (name: string, after: string[]): string =>
    this.addIntegers(
      name,
      0,
      after.map((node) => `^${node}`),
    );

  /**
   * Adds a variable of the session that the node `name` reads.
   *
   * All state, constants too, has a shape that the optimizer does not know: it can neither fold nor reorder what
   * depends on it, and every operation rounds as it does by itself.
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
