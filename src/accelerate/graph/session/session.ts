import { dataTypes, type Output, type Values } from '../binding/binding';
import type { Dispatcher } from '../binding/dispatcher';
import { names } from '../graphDef/builder';
import { feedsOf, packChanging } from '../graphDef/changing';
import { type ProgramGraph, toGraph } from '../graphDef/toGraph';
import type { Constant, Program } from '../recording/program';
import { encodeSavedModel } from '../savedModel/protobuf';
import { withTemporaryFile } from '../savedModel/temporaryFolder';
import { SessionState } from './sessionState';

const ports = (nodes: string[]) => nodes.map((name) => `${name}:0`).join(',');

/** Runs a program in a session of TensorFlow. */
export class GraphSession {
  readonly graph: ProgramGraph;
  readonly state: SessionState;
  /** The number of tensors that a step feeds. */
  readonly fed: number;
  private readonly session: number | undefined;
  /** What a step feeds and fetches, as the binding takes it. */
  private readonly feeds: string;
  private readonly fetches: string;
  private readonly changing: Constant[];

  constructor(
    readonly dispatcher: Dispatcher,
    readonly program: Program,
  ) {
    const { backend, native } = dispatcher;
    const { constants, results } = program;
    const held = new Map<number, Output>(); // A second handle of each captured tensor: it tells its type.
    const capturedType = (id: number) => {
      const output = held.get(id) ?? native.executeOp('Identity', [], [dispatcher.realId(id)], 1)[0];
      held.set(id, output);
      return output.dtype;
    };
    this.state = new SessionState(dispatcher, program, this);
    try {
      this.graph = toGraph(program, backend, capturedType);
      const { nodes, functions, args, captured, stored, changing } = this.graph;
      this.changing = changing.map((i) => constants[i]);
      const feeds = [...args.map(names.argument), ...feedsOf(this.changing)];
      this.fed = feeds.length;
      this.feeds = ports(feeds);
      this.fetches = ports([...results.map((_, k) => names.result(k)), 'done']);
      const file = encodeSavedModel(nodes, functions);
      this.session = withTemporaryFile('saved_model.pb', file, (folder) => native.loadSavedModel(folder, 'serve'));
      const values = stored.map((i) => {
        const { shape, dtype, values } = constants[i];
        return { name: names.constant(i), id: native.createTensor(shape, dtype, values) };
      });
      const fromOutside = captured.map((id) => ({ name: names.captured(id), id: held.get(id)!.id }));
      this.initialize('initialize_constants', [...values, ...fromOutside]);
      for (const { id } of values) native.deleteTensor(id);
    } catch (error) {
      if (this.session !== undefined) native.deleteSavedModel(this.session);
      throw error;
    } finally {
      for (const { id } of held.values()) native.deleteTensor(id);
    }
  }

  /** Gives values to variables of the session; `target` is the node that assigns them. */
  initialize(target: string, state: { name: string; id: number }[]): void {
    if (state.length === 0) return;
    const ids = state.map(({ id }) => id);
    const inputs = ports(state.map(({ name }) => names.initialValue(name)));
    this.discard(this.run(ids, inputs, ports([target])));
  }

  /** Returns the values of nodes, for the caller to delete. */
  fetch(nodes: string[]): Output[] {
    return nodes.length > 0 ? this.run([], '', ports(nodes)) : [];
  }

  private run(ids: number[], inputs: string, outputs: string): Output[] {
    return this.dispatcher.native.runSavedModel(this.session!, ids, inputs, outputs);
  }

  discard = (outputs: Output[]): void => {
    for (const { id } of outputs) this.dispatcher.native.deleteTensor(id);
  };

  /**
   * Runs one step and returns its results.
   *
   * @param args The ids of the arguments.
   * @param values The values of all constants.
   */
  step(args: number[], values: Values[]): Output[] {
    const { native, realId } = this.dispatcher;
    const { changing, args: fed } = this.graph;
    const packed = packChanging(
      this.changing,
      changing.map((i) => values[i]),
    ).map((vector) => native.createTensor([vector.length], dataTypes.int32, vector));
    try {
      const ids = [...fed.map((index) => realId(args[index])), ...packed];
      const outputs = this.run(ids, this.feeds, this.fetches);
      this.discard(outputs.splice(-1));
      return outputs;
    } finally {
      for (const id of packed) native.deleteTensor(id);
    }
  }

  /** Brings the variables home and closes the session. */
  dispose(): void {
    this.state.bringHome();
    this.dispatcher.native.deleteSavedModel(this.session!);
  }
}
