import * as tf from '@tensorflow/tfjs-core';
import type { Dispatcher } from '../binding/dispatcher';
import type { Comparison } from '../comparison/comparison';
import { difference, markChanges } from '../comparison/difference';
import type { Program } from '../recording/program';
import { Recording } from '../recording/recording';
import { GraphSession } from '../session/session';
import { FastPath, type Purity } from './fastPath';
import { firstLine, runAsGraph } from './graphStep';
import type { Counts, GraphReport } from './report';

/** How often a graph is built, or recordings may differ, before steps stay eager. */
const maxBuilds = 8;
/** How many steps in a row may be others than recorded before the recording is renewed. */
const maxMisses = 3;

const isPromise = (value: unknown) => typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';

/** Runs the steps of one signature: the first eagerly, two to record them, one to verify the graph, then as a graph. */
export class ConcreteStep {
  session?: GraphSession;
  private buildTime = 0;
  /** Why these steps stay eager. */
  private refusal?: string;
  private program?: Program;
  private fast?: FastPath;
  private isWarm = false;
  private isVerified = false;
  private misses = 0;
  private builds = 0;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly counts: Counts,
    private readonly purity?: Purity,
  ) {}

  /** @param args The tensors in the arguments, with their ids. */
  run<Result>(step: () => Result, args: Map<tf.Tensor, number>): Result {
    if (this.session && !this.session.state.isUsable()) {
      this.counts.because('a variable was disposed of');
      this.forget();
    }
    if (this.refusal !== undefined) return this.runEagerly(step, this.refusal);
    if (!this.isWarm) {
      this.isWarm = true; // Optimizers make their variables in the first step.
      return this.runEagerly(step, 'the first step with arguments of these shapes');
    }
    if (!this.session) return this.record(step, args);
    const ids = [...args.values()];
    if (this.fast?.isReady()) {
      try {
        this.session.state.push();
        const result = this.fast.run(ids) as Result;
        this.counts.steps.fast++;
        return result;
      } catch {
        this.fast.reset(); // The state is as before: its JavaScript finds out what is wrong.
      }
    }
    return this.runGraph(this.session, step, ids);
  }

  private runEagerly<Result>(step: () => Result, reason: string): Result {
    this.counts.steps.eager++;
    this.counts.because(reason);
    return step();
  }

  private record<Result>(step: () => Result, args: Map<tf.Tensor, number>): Result {
    const before = this.dispatcher.idsOf(Object.values(tf.engine().registeredVariables));
    const recording = new Recording(this.dispatcher);
    const result = this.dispatcher.listen(recording, step);
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
      this.session = new GraphSession(this.dispatcher, program);
      this.fast = this.purity && new FastPath(this.session, this.purity);
      this.isVerified = false;
    } catch (error) {
      this.refusal = `TensorFlow does not take its graph: ${firstLine(error)}`;
    }
    this.buildTime = performance.now() - start;
  }

  private runGraph<Result>(session: GraphSession, step: () => Result, args: number[]): Result {
    const { ran, comparison, reason, refusal, result, ...rest } = runAsGraph(session, step, args, !this.isVerified);
    this.counts.steps[ran]++;
    if (reason !== undefined) this.counts.because(reason);
    if ('error' in rest) throw rest.error;
    if (refusal !== undefined) this.refuse(refusal);
    else if (ran === 'eager') this.miss(comparison);
    else {
      this.misses = 0;
      if (ran === 'graph') this.fast?.observe(comparison, result);
      this.isVerified = true;
    }
    return result as Result;
  }

  /** Renews the recording if it is outdated, or steps were often others. */
  private miss({ isOutdated, divergence }: Comparison): void {
    if (!isOutdated && ++this.misses <= maxMisses) return;
    // Where a constant is another, the next recording shows beside this one that it changes.
    const { program } = this;
    this.forget();
    this.isWarm = true;
    if (isOutdated) this.program = program;
    if (++this.builds > maxBuilds) this.refusal = `its operations change too often: ${divergence}`;
  }

  private refuse(reason: string): void {
    this.forget();
    this.refusal = reason;
    this.counts.because(reason);
  }

  /** Brings the state home and closes the session. */
  forget(): void {
    this.session?.dispose();
    this.session = undefined;
    this.program = undefined;
    this.isWarm = false;
    this.misses = 0;
  }

  /** Describes the graph, if there is one. */
  report(args: string): GraphReport['graphs'] {
    if (!this.session) return [];
    const { program, graph, fed } = this.session;
    return [
      {
        args,
        recorded: program.operations.length,
        operations: graph.operations.size,
        variables: program.variables.length,
        fed,
        fetched: program.results.length,
        buildTime: this.buildTime,
      },
    ];
  }
}
