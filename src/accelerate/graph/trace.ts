import * as tf from '@tensorflow/tfjs-core';
import type { Output } from './binding';
import { difference, markChanges } from './compare';
import { FastPath, type Purity } from './fastPath';
import type { Program } from './program';
import { Recording } from './recording';
import { Rehearsal } from './rehearsal';
import type { Counts } from './report';
import { GraphSession } from './session';
import type { Switchboard } from './switchboard';
import { largestDifference, type Pair } from './verify';

/** How often a graph is built, or recordings may differ, before steps stay eager. */
const maxBuilds = 8;
/** How many steps in a row may be others than recorded before the recording is renewed. */
const maxMisses = 3;
/** How far a GPU's results may be from those of single operations, in parts of the largest value. */
const gpuTolerance = 1e-3;

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0];
const isPromise = (value: unknown) => typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';

/**
 * What becomes of the steps with arguments of the same shapes: eager, recorded twice, compiled, verified, then a graph.
 */
export class Trace {
  session?: GraphSession;
  /** Why these steps stay eager. */
  refusal?: string;
  buildTime = 0;
  private program?: Program;
  private fast?: FastPath;
  private isWarm = false;
  private isVerified = false;
  private misses = 0;
  private builds = 0;

  constructor(
    private readonly board: Switchboard,
    private readonly counts: Counts,
    private readonly purity?: Purity,
  ) {}

  /** @param args The tensors that the step receives, with their ids. */
  run<Result>(step: () => Result, args: Map<tf.Tensor, number>): Result {
    if (this.session && !this.session.isUsable()) {
      this.counts.because('a variable was disposed of');
      this.forget();
    }
    if (this.refusal !== undefined) return this.runEagerly(step, this.refusal);
    if (!this.isWarm) {
      this.isWarm = true; // Optimizers make their variables in the first step.
      return this.runEagerly(step, 'the first step with arguments of these shapes');
    }
    if (!this.session) return this.record(step, args);
    if (this.fast?.isReady()) {
      try {
        this.session.push();
        const result = this.fast.run(this.session, [...args.values()]) as Result;
        this.counts.steps.fast++;
        return result;
      } catch {
        this.fast.reset(); // The state is as before: the rehearsal finds out what is wrong.
      }
    }
    return this.runGraph(this.session, step, [...args.values()]);
  }

  private runEagerly<Result>(step: () => Result, reason: string): Result {
    this.counts.steps.eager++;
    this.counts.because(reason);
    return step();
  }

  private record<Result>(step: () => Result, args: Map<tf.Tensor, number>): Result {
    const before = this.idsOf(Object.values(tf.engine().registeredVariables));
    const recording = new Recording(this.board);
    const result = this.board.listen(recording, step);
    this.counts.steps.recorded++;
    this.refusal = isPromise(result) ? 'it is asynchronous' : recording.refusal;
    if (this.refusal !== undefined) return result;
    const next = recording.toProgram(before, args);
    const why = this.program && difference(this.program, next);
    if (this.program && !why) this.build(markChanges(this.program, next));
    else {
      if (why) this.giveUpIfOften(`its recordings differ in ${why}`);
      this.program = next;
    }
    return result;
  }

  private giveUpIfOften(reason: string): void {
    this.counts.because(reason);
    if (++this.builds > maxBuilds) this.refusal = reason;
  }

  private build(program: Program): void {
    const start = performance.now();
    this.program = program;
    if (program.operations.length === 0) {
      this.refusal = 'it asks for no operation';
      return;
    }
    try {
      this.session = new GraphSession(this.board, program);
      this.fast = this.purity && new FastPath(this.board, this.purity);
      this.isVerified = false;
    } catch (error) {
      this.refusal = `TensorFlow does not take its graph: ${firstLine(error)}`;
    }
    this.buildTime = performance.now() - start;
  }

  private runGraph<Result>(session: GraphSession, step: () => Result, args: number[]): Result {
    const { board, counts } = this;
    session.push();
    const variables = this.idsOf(session.program.variables);
    const rehearsal = new Rehearsal(board, session.program, { variables, args });
    let result: Result;
    try {
      result = board.listen(rehearsal, step);
    } catch (error) {
      if (!rehearsal.divergence) rehearsal.diverge('it throws');
      counts.steps.eager++;
      counts.because(rehearsal.divergence!);
      throw error;
    }
    if (!rehearsal.finish()) {
      counts.steps.eager++;
      this.miss(rehearsal);
      return result;
    }
    this.misses = 0;
    session.holdOlder(rehearsal);
    try {
      const outputs = session.step(args, rehearsal);
      if (this.isVerified) {
        this.adopt(session, rehearsal, outputs);
        this.fast?.observe(session, rehearsal, result);
        counts.steps.graph++;
      } else this.verify(session, rehearsal, outputs);
    } catch (error) {
      if (rehearsal.divergence) throw error;
      counts.steps.eager++;
      counts.because('TensorFlow throws');
      rehearsal.diverge('TensorFlow throws'); // One by one: what throws eagerly throws here.
      this.refuse(`its graph alone fails: ${firstLine(error)}`);
    }
    return result;
  }

  private miss(rehearsal: Rehearsal): void {
    this.counts.because(rehearsal.divergence!);
    if (!rehearsal.isOutdated && ++this.misses <= maxMisses) return;
    // Where a constant is another, the next recording shows beside this one that it changes.
    const { program } = this;
    this.forget();
    this.isWarm = true;
    if (rehearsal.isOutdated) this.program = program;
    if (++this.builds > maxBuilds) this.refusal = `its operations change too often: ${rehearsal.divergence}`;
  }

  /** Gives the results and variables of a step that ran as a graph to the virtual ids that stand for them. */
  private adopt(session: GraphSession, rehearsal: Rehearsal, outputs: Output[]): void {
    const { board } = this;
    for (const [k, slot] of session.program.results.entries())
      board.resolved.set(rehearsal.idOf({ kind: 'slot', slot })!, outputs[k].id);
    for (const { variable, value } of session.program.assigned) {
      const id = board.idOf(variable)!;
      session.clean.set(variable, id);
      if (value.kind === 'slot') board.remote.set(id, session);
    }
    rehearsal.deleteOlder();
  }

  /** Runs the step eagerly too, whose results count, and compares. */
  private verify(session: GraphSession, rehearsal: Rehearsal, outputs: Output[]): void {
    const { board, counts } = this;
    const { results, assigned } = session.program;
    const made = [...outputs, ...session.fetchAssigned()];
    try {
      rehearsal.divergence = 'verification';
      rehearsal.replay();
      const ids = [
        ...results.map((slot) => rehearsal.idOf({ kind: 'slot', slot })!),
        ...assigned.map(({ variable }) => board.idOf(variable)!),
      ];
      const pairs = ids.map((id, k): Pair => [board.realId(id), made[k]]);
      const difference = largestDifference(board.real, pairs);
      counts.steps.verified++;
      this.isVerified = difference <= (board.backend.isUsingGpuDevice ? gpuTolerance : 0);
      if (!this.isVerified)
        this.refuse(
          `its graph gives other values than its operations, by ${difference.toExponential(1)} of the largest`,
        );
      else if (difference === 0)
        for (const { variable } of assigned) session.clean.set(variable, board.idOf(variable)!);
    } finally {
      session.discard(made);
    }
  }

  private idsOf<Tensor extends tf.Tensor>(tensors: Tensor[]): Map<Tensor, number> {
    return new Map(
      tensors.flatMap((tensor) => {
        const id = this.board.idOf(tensor);
        return id === undefined ? [] : [[tensor, id] as const];
      }),
    );
  }

  private refuse(reason: string): void {
    this.forget();
    this.refusal = reason;
    this.counts.because(reason);
  }

  /** Fetches the state and closes the session. */
  forget(): void {
    this.session?.dispose();
    this.session = undefined;
    this.program = undefined;
    this.isWarm = false;
    this.misses = 0;
  }
}
