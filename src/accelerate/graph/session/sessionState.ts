import type { Variable } from '@tensorflow/tfjs-core';
import type { Output } from '../binding/binding';
import type { StateOwner, Switchboard } from '../binding/dispatcher';
import type { Rehearsal } from '../comparison/comparison';
import { names } from '../graphDef/builder';
import type { Program } from '../recording/program';

/** What the state needs of its session. */
interface Store {
  initialize(marker: string, state: { name: string; id: number }[]): void;
  fetch(names: string[]): Output[];
  discard(outputs: Output[]): void;
}

/** Variables whose values a session holds: they are pushed when written elsewhere, and fetched when somebody looks. */
export class SessionState implements StateOwner {
  /** The ids of the tensors whose values the session has for its variables. */
  private readonly clean = new Map<Variable, number>();

  constructor(
    private readonly board: Switchboard,
    private readonly program: Program,
    private readonly store: Store,
  ) {}

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
    const state = ids.map((id, i) => ({ name: names.variable(i), id: board.realId(id) }));
    this.store.initialize('initialize_variables', state);
    for (const [i, variable] of variables.entries()) clean.set(variable, ids[i]);
  }

  /** Fetches the values of all variables that steps assign; they are deleted by who calls. */
  fetchAssigned(): Output[] {
    const { assigned, variables } = this.program;
    return this.store.fetch(assigned.map(({ variable }) => names.variable(variables.indexOf(variable))));
  }

  /** Makes the state known to the switchboard for every id that refers to it. */
  pull(): void {
    const ids = this.program.assigned.map(({ variable }) => this.clean.get(variable));
    if (!ids.some(this.isRemote)) return;
    for (const [k, output] of this.fetchAssigned().entries()) {
      const id = ids[k];
      if (this.isRemote(id)) this.board.resolved.set(id, output.id);
      else this.store.discard([output]);
    }
  }

  /** Whether an id stands for state that nobody has looked at. */
  private isRemote = (id: number | undefined): id is number =>
    id !== undefined && this.board.remote.get(id) === this && !this.board.resolved.has(id);

  /**
   * Fetches the state that is written over by the next step and that somebody still holds, such as a clone of a
   * variable.
   *
   * @param deleted The ids that the step deletes.
   */
  holdOlder(deleted: number[]): void {
    const gone = new Set(deleted);
    const ids = this.program.assigned.map(({ variable }) => this.clean.get(variable));
    if (ids.some((id) => this.isRemote(id) && !gone.has(id))) this.pull();
  }

  /** Notes that the session holds the value of a variable, for which `id` stands. */
  holds(variable: Variable, id: number): void {
    this.clean.set(variable, id);
    this.board.remote.set(id, this);
  }

  /** Notes that the session and the variable have the same value, each for itself. */
  agrees(variable: Variable): void {
    this.clean.set(variable, this.board.idOf(variable)!);
  }

  /** Gives the results and variables of a step that ran as a graph to the virtual ids that stand for them. */
  adopt(rehearsal: Rehearsal, outputs: Output[]): void {
    const { board, program } = this;
    for (const [k, slot] of program.results.entries())
      board.resolved.set(rehearsal.idOf({ kind: 'slot', slot })!, outputs[k].id);
    for (const { variable, value } of program.assigned) {
      if (value.kind === 'slot') this.holds(variable, board.idOf(variable)!);
      else this.agrees(variable);
    }
    for (const id of rehearsal.deletesOlder()) board.deleteTensor(id);
  }

  /** Fetches the state, after which the variables are TensorFlow's own tensors again. */
  bringHome(): void {
    this.pull();
    const { resolved, remote, backend } = this.board;
    for (const { variable } of this.program.assigned) {
      if (variable.isDisposed || !backend.tensorMap.has(variable.dataId)) continue;
      const info = backend.tensorMap.get(variable.dataId);
      const known = resolved.get(info.id);
      if (info.values !== null || known === undefined) continue;
      resolved.delete(info.id);
      remote.delete(info.id);
      info.id = known;
    }
    for (const [id, owner] of remote) if (owner === this) remote.delete(id);
  }
}
