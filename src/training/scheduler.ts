import { choice, func, optional, readOptions } from '../support/options';
import type { Schedule, TimeUnit } from './schedules';
import { TrainingCallback } from './trainingCallback';

/** When a scheduler evaluates its schedule. */
export interface SchedulerArgs {
  /**
   * Whether the schedule's time is counted in optimizer steps or in epochs. @default the schedule's unit, else 'step'
   */
  by?: TimeUnit;
}

export const schedulerOptions = { by: optional(choice<TimeUnit>(['step', 'epoch'])) };

/** A callback that sets a value to `schedule(t)` before step or epoch t. */
export abstract class Scheduler extends TrainingCallback {
  private readonly schedule: Schedule;
  private readonly by: TimeUnit;

  constructor(
    protected readonly owner: string,
    schedule: Schedule,
    args: SchedulerArgs = {},
  ) {
    super();
    this.schedule = func<Schedule>().read('schedule', schedule);
    this.by = readOptions(owner, args, schedulerOptions).by ?? schedule.unit ?? 'step';
  }

  /** Sets the value. */
  protected abstract apply(value: number): void;

  override async onEpochBegin(epoch: number): Promise<void> {
    if (this.by === 'epoch') this.apply(this.schedule(epoch));
  }

  override async onBatchBegin(): Promise<void> {
    // The optimizer's own count is saved with it, so that a resumed schedule continues where it stopped.
    if (this.by === 'step') this.apply(this.schedule(this.optimizer.iterations));
  }
}
