import { dataTypes, type Output, type Values } from '../binding/binding';
import type { Switchboard } from '../binding/dispatcher';
import { names } from '../graphDef/builder';
import { packChanging } from '../graphDef/changing';
import { type ProgramGraph, toGraph } from '../graphDef/toGraph';
import type { Program } from '../recording/program';
import { encodeSavedModel } from '../savedModel/protobuf';
import { withTemporaryFile } from '../savedModel/temporaryFolder';
import { SessionState } from './sessionState';

const ports = (nodes: string[]) => nodes.map((name) => `${name}:0`).join(',');

/** A program in a session of TensorFlow. */
export class GraphSession {
  readonly graph: ProgramGraph;
  readonly state: SessionState;
  private readonly session: number | undefined;

  constructor(
    readonly board: Switchboard,
    readonly program: Program,
  ) {
    const { backend, real } = board;
    const held = new Map<number, Output>(); // A second handle of each captured tensor: it tells its type.
    const capturedType = (id: number) => {
      const output = held.get(id) ?? real.executeOp('Identity', [], [board.realId(id)], 1)[0];
      held.set(id, output);
      return output.dtype;
    };
    this.state = new SessionState(board, program, this);
    const { constants } = program;
    try {
      this.graph = toGraph(program, backend, capturedType);
      const file = encodeSavedModel(this.graph.nodes, this.graph.functions);
      this.session = withTemporaryFile('saved_model.pb', file, (folder) => real.loadSavedModel(folder, 'serve'));
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

  /** Gives values to variables of the session. */
  initialize(marker: string, state: { name: string; id: number }[]): void {
    if (state.length === 0) return;
    const ids = state.map(({ id }) => id);
    const inputs = state.map(({ name }) => names.initialValue(name));
    this.discard(this.run(ids, inputs, [marker]));
  }

  /** The values of nodes; they are deleted by who calls. */
  fetch(nodes: string[]): Output[] {
    return nodes.length > 0 ? this.run([], [], nodes) : [];
  }

  private run(ids: number[], inputs: string[], outputs: string[]): Output[] {
    return this.board.real.runSavedModel(this.session!, ids, ports(inputs), ports(outputs));
  }

  discard = (outputs: Output[]): void => {
    for (const { id } of outputs) this.board.real.deleteTensor(id);
  };

  /**
   * Runs one step and returns its results.
   *
   * @param args The ids of the arguments.
   * @param values Those of all constants.
   */
  step(args: number[], values: Values[]): Output[] {
    const { board, graph, program } = this;
    const packed = Object.entries(this.pack(values));
    const made = packed.map(([, vector]) => board.real.createTensor([vector.length], dataTypes.int32, vector));
    try {
      const outputs = this.run(
        [...graph.args.map((index) => board.realId(args[index])), ...made],
        [...graph.args.map(names.argument), ...packed.map(([name]) => name)],
        [...program.results.map((_, k) => names.result(k)), 'done'],
      );
      this.discard(outputs.splice(-1));
      return outputs;
    } finally {
      for (const id of made) board.real.deleteTensor(id);
    }
  }

  /** What a step brings besides its arguments, by the names of nodes. */
  private pack(values: Values[]): Record<string, Int32Array> {
    const { changing } = this.graph;
    return packChanging(
      changing.map((i) => this.program.constants[i]),
      changing.map((i) => values[i]),
    );
  }

  /** How many tensors a step brings. */
  get fed(): number {
    const changing = this.pack(this.program.constants.map(({ values }) => values));
    return this.graph.args.length + Object.keys(changing).length;
  }

  /** Brings the variables home. */
  dispose(): void {
    this.state.bringHome();
    this.board.real.deleteSavedModel(this.session!);
  }
}
