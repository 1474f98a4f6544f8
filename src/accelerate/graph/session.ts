import type { Variable } from '@tensorflow/tfjs-core';
import type { Output, Values } from './binding';
import { sameBytes } from './compare';
import { names, type ProgramGraph, toGraph } from './nodes';
import type { Program } from './program';
import { encodeSavedModel } from './protobuf';
import type { StateOwner, Switchboard } from './switchboard';
import { withTemporaryFile } from './temporaryFolder';

const port = (name: string) => `${name}:0`;

/** A program in a session of TensorFlow, which holds its state between steps. */
export class GraphSession implements StateOwner {
  readonly graph: ProgramGraph;
  /** The ids of the tensors whose values the session has for its variables. */
  readonly clean = new Map<Variable, number>();
  /** Constants that each step brings. */
  private readonly fed: Set<number>;
  private readonly session: number | undefined;
  pulls = 0;
  pushes = 0;

  constructor(
    private readonly board: Switchboard,
    readonly program: Program,
  ) {
    const { backend, real } = board;
    const held = new Map<number, Output>(); // A second handle of each captured tensor: it tells its type.
    const capturedType = (id: number) => {
      const output = held.get(id) ?? real.executeOp('Identity', [], [board.realId(id)], 1)[0];
      held.set(id, output);
      return output.dtype;
    };
    const { constants } = program;
    try {
      this.graph = toGraph(program, backend, capturedType);
      const file = encodeSavedModel(this.graph.nodes, this.graph.functions);
      this.session = withTemporaryFile('saved_model.pb', file, (folder) => real.loadSavedModel(folder, 'serve'));
      this.fed = new Set(this.graph.constants.filter((i) => constants[i].changes));
      const values = this.graph.stored.map((i) => {
        const { shape, dtype, values } = constants[i];
        return { name: names.constant(i), id: real.createTensor(shape, dtype, values) };
      });
      const captured = this.graph.captured.map((id) => ({ name: names.captured(id), id: held.get(id)!.id }));
      this.initialize('initialize_constants', [...values, ...captured]);
      for (const { id } of values) real.deleteTensor(id);
    } catch (error) {
      if (this.session !== undefined) real.deleteSavedModel(this.session);
      throw error;
    } finally {
      for (const { id } of held.values()) real.deleteTensor(id);
    }
  }

  private initialize(marker: string, state: { name: string; id: number }[]): void {
    if (state.length === 0) return;
    const inputs = state.map(({ name }) => port(names.initialValue(name)));
    this.discard(
      this.run(
        state.map(({ id }) => id),
        inputs,
        [port(marker)],
      ),
    );
  }

  private run(ids: number[], inputs: string[], outputs: string[]): Output[] {
    if (outputs.length === 0) return [];
    return this.board.real.runSavedModel(this.session!, ids, inputs.join(','), outputs.join(','));
  }

  discard(outputs: Output[]): void {
    for (const { id } of outputs) this.board.real.deleteTensor(id);
  }

  /** Whether all variables still exist on this backend. */
  isUsable(): boolean {
    const { tensorMap } = this.board.backend;
    return this.program.variables.every((variable) => !variable.isDisposed && tensorMap.has(variable.dataId));
  }

  /** Gives the session the variables that were written elsewhere since. */
  push(): void {
    const { board, clean } = this;
    const { variables } = this.program;
    const ids = variables.map((variable) => board.idOf(variable)!);
    if (variables.every((variable, i) => clean.get(variable) === ids[i])) return;
    this.pushes++;
    this.initialize(
      'initialize_variables',
      ids.map((id, i) => ({ name: names.variable(i), id: board.realId(id) })),
    );
    for (const [i, variable] of variables.entries()) clean.set(variable, ids[i]);
  }

  /** Fetches the values of all variables that steps assign; they are deleted by who calls. */
  fetchAssigned(): Output[] {
    const { assigned, variables } = this.program;
    return this.run(
      [],
      [],
      assigned.map(({ variable }) => port(names.variable(variables.indexOf(variable)))),
    );
  }

  /** Makes the state known to the switchboard for every id that refers to it. */
  pull(): void {
    const { board, clean } = this;
    const ids = this.program.assigned.map(({ variable }) => clean.get(variable));
    const isOpen = (id: number | undefined): id is number =>
      id !== undefined && board.remote.get(id) === this && !board.resolved.has(id);
    if (!ids.some(isOpen)) return;
    this.pulls++;
    for (const [k, output] of this.fetchAssigned().entries()) {
      const id = ids[k];
      if (isOpen(id)) board.resolved.set(id, output.id);
      else this.discard([output]);
    }
  }

  /**
   * Fetches the state that is written over by the next step and that somebody still holds, such as a clone of a
   * variable.
   */
  holdOlder(step: { isLeft(id: number): boolean }): void {
    const { remote, resolved } = this.board;
    const isHeld = (id: number | undefined) =>
      id !== undefined && remote.get(id) === this && !resolved.has(id) && step.isLeft(id);
    if (this.program.assigned.some(({ variable }) => isHeld(this.clean.get(variable)))) this.pull();
  }

  /**
   * Runs one step and returns its results.
   *
   * @param args The ids of the arguments.
   * @param constants The values of all constants: those that are others than before are fed from now on.
   */
  step(args: number[], constants: { values: Values[]; shapes: number[][] }): Output[] {
    const { board, graph, program, fed } = this;
    for (const i of graph.constants)
      if (!fed.has(i) && !sameBytes(program.constants[i].values, constants.values[i])) fed.add(i);
    const changing = graph.constants.filter((i) => fed.has(i));
    const made = changing.map((i) =>
      board.real.createTensor(constants.shapes[i], program.constants[i].dtype, constants.values[i]),
    );
    try {
      const outputs = this.run(
        [...graph.args.map((index) => board.realId(args[index])), ...made],
        [...graph.args.map(names.argument), ...changing.map(names.constant)].map(port),
        [...program.results.map((_, k) => names.result(k)), 'done'].map(port),
      );
      this.discard(outputs.splice(-1));
      return outputs;
    } finally {
      for (const id of made) board.real.deleteTensor(id);
    }
  }

  /** Constants and arguments that a step feeds, results that it fetches. */
  get traffic() {
    return { args: this.graph.args.length, constants: this.fed.size, results: this.program.results.length };
  }

  /** Fetches the state, after which the variables are tensors of TensorFlow as before. */
  dispose(): void {
    this.pull();
    for (const { variable } of this.program.assigned) this.board.bringHome(variable);
    for (const [id, owner] of this.board.remote) if (owner === this) this.board.remote.delete(id);
    this.board.real.deleteSavedModel(this.session!);
  }
}
