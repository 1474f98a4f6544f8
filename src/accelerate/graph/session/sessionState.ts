import type { Variable } from '@tensorflow/tfjs-core';
import type { Output } from '../binding/binding';
import type { Dispatcher, StateOwner } from '../binding/dispatcher';
import type { Comparison } from '../comparison/comparison';
import { names } from '../graphDef/builder';
import type { Program } from '../recording/program';

/** Reads and writes variables of a session. */
interface Store {
  initialize(target: string, state: { name: string; id: number }[]): void;
  fetch(nodes: string[]): Output[];
  discard(outputs: Output[]): void;
}

/** Keeps variables in a session: pushes their values after somebody wrote them, fetches them when somebody looks. */
export class SessionState implements StateOwner {
  /** The ids of the tensors whose values the session has for its variables. */
  private readonly clean = new Map<Variable, number>();
  private readonly assigned: Variable[];

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly program: Program,
    private readonly store: Store,
  ) {
    this.assigned = program.assigned.map(({ variable }) => variable);
  }

  /** Returns whether all variables still exist on this backend. */
  isUsable(): boolean {
    return this.program.variables.every((variable) => this.exists(variable));
  }

  private exists(variable: Variable): boolean {
    return !variable.isDisposed && this.dispatcher.backend.tensorMap.has(variable.dataId);
  }

  /** Gives the session the variables that were written elsewhere. */
  push(): void {
    const { dispatcher, clean } = this;
    const { variables } = this.program;
    const ids = variables.map((variable) => dispatcher.idOf(variable)!);
    if (variables.every((variable, i) => clean.get(variable) === ids[i])) return;
    const state = ids.map((id, i) => ({ name: names.variable(i), id: dispatcher.realId(id) }));
    this.store.initialize('initialize_variables', state);
    for (const [i, variable] of variables.entries()) clean.set(variable, ids[i]);
  }

  /** Fetches the values of all variables that steps assign, for the caller to delete. */
  fetchAssigned(): Output[] {
    const { variables } = this.program;
    return this.store.fetch(this.assigned.map((variable) => names.variable(variables.indexOf(variable))));
  }

  pull(): void {
    const ids = this.assigned.map((variable) => this.clean.get(variable));
    if (!ids.some(this.isInSession)) return;
    for (const [k, output] of this.fetchAssigned().entries()) {
      const id = ids[k];
      if (this.isInSession(id)) this.dispatcher.resolved.set(id, output.id);
      else this.store.discard([output]);
    }
  }

  /** Returns whether an id stands for state that was not fetched. */
  private isInSession = (id: number | undefined): id is number =>
    id !== undefined && this.dispatcher.owners.get(id) === this && !this.dispatcher.resolved.has(id);

  /**
   * Fetches the state that the next step writes over and somebody still holds, such as a clone of a variable.
   *
   * @param deleted The ids that the step deletes.
   */
  holdOlder(deleted: number[]): void {
    const gone = new Set(deleted);
    const isHeld = (id: number | undefined) => this.isInSession(id) && !gone.has(id);
    if (this.assigned.some((variable) => isHeld(this.clean.get(variable)))) this.pull();
  }

  /** Notes that the session holds the value of a variable, for which `id` stands. */
  holds(variable: Variable, id: number): void {
    this.clean.set(variable, id);
    this.dispatcher.owners.set(id, this);
  }

  /** Notes that the session and the variable have the same value, each for itself. */
  agrees(variable: Variable): void {
    this.clean.set(variable, this.dispatcher.idOf(variable)!);
  }

  /** Gives the results of a step, and its new values of variables, to the virtual ids that stand for them. */
  adopt(comparison: Comparison, outputs: Output[]): void {
    const { dispatcher, program } = this;
    for (const [k, slot] of program.results.entries())
      dispatcher.resolved.set(comparison.idOf({ kind: 'slot', slot })!, outputs[k].id);
    for (const { variable, value } of program.assigned) {
      if (value.kind === 'slot') this.holds(variable, dispatcher.idOf(variable)!);
      else this.agrees(variable);
    }
    for (const id of comparison.deletesOlder()) dispatcher.deleteTensor(id);
  }

  /** Fetches the state, after which the variables are TensorFlow's own tensors again. */
  bringHome(): void {
    this.pull();
    const { resolved, owners, backend } = this.dispatcher;
    for (const variable of this.assigned) {
      if (!this.exists(variable)) continue;
      const info = backend.tensorMap.get(variable.dataId);
      const real = resolved.get(info.id);
      if (info.values !== null || real === undefined) continue;
      resolved.delete(info.id);
      owners.delete(info.id);
      info.id = real;
    }
    for (const [id, owner] of owners) if (owner === this) owners.delete(id);
  }
}
