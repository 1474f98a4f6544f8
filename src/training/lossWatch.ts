/** Looks in a row with a loss that is too high, after which it counts. */
const maxLooks = 5;
/** Excess that does not count: with negatives, embeddings all alike are a little worse than log(1 + K). */
const margin = 0.5;

/** Watches for a loss that was below that of embeddings all alike, and has risen above it. */
export class LossWatch {
  private wasBelow = false;
  private looks = 0;

  /**
   * @param queueSize K; without a queue there is no such loss.
   * @returns What is wrong with the loss, if anything.
   */
  look(loss: number, queueSize: number | undefined): string | undefined {
    if (queueSize === undefined) return undefined;
    const alike = Math.log(1 + queueSize);
    if (loss < alike) this.wasBelow = true;
    this.looks = this.wasBelow && loss > alike + margin ? this.looks + 1 : 0;
    if (this.looks < maxLooks) return undefined;
    return `The loss is ${loss.toFixed(2)}, above the ${alike.toFixed(2)} of embeddings all alike (is alpha below 1 + temperature · log K?)`;
  }
}
