/** Stands where a figure could not be measured. */
const none = '–';

/** 0.4567 as "45.7". */
export const percent = (share: number): string => (Number.isFinite(share) ? (100 * share).toFixed(1) : none);

/** A similarity to two places. */
export const decimal = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : none);

/** Formats a number as briefly as possible: "1,024", "0.06", "0.0001". */
export function number(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : none;
}

/** 192 as "3 min 12 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** "batchSize" as "batch size". */
export const words = (name: string): string =>
  name.replace(/[A-Z]+/g, (capitals) => ` ${capitals.toLowerCase()}`).trimStart();

/** 'a', 'b' and 'c' as "a, b and c". */
export const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
