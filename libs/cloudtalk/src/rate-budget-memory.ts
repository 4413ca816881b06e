import type { BulkPrice } from './bulk-cost.js';
import type { Throttle } from './rate-budget-throttle.js';
import type { KeptReading } from './rate-reading-kept.js';

/** What has been learned of an account's limit, as JSON to be kept where every process finds it. Times are in ms since 1970. */
export interface RateMemory {
  readonly reading?: KeptReading;
  readonly throttle?: Throttle;
  readonly price?: BulkPrice;
}

/** A request that left, and its commands; one that carries none counts as one command. */
export interface Spending {
  readonly at: Date;
  readonly commands: number;
}

/** The pieces of `newer` that say more than those of `older`, but for what is dated later than `latest`. */
export function newerPieces(older: RateMemory, newer: RateMemory, latest: number): RateMemory {
  const { reading, throttle, price } = newer;
  const isNews = (piece: { readonly at: number } | undefined, before: { readonly at: number } | undefined): boolean =>
    piece !== undefined && piece.at <= latest && piece.at > (before?.at ?? Number.NEGATIVE_INFINITY);
  const holdsLonger = (throttle?.until ?? 0) > (older.throttle?.until ?? 0);
  return {
    ...(reading && isNews(reading, older.reading) && { reading }),
    ...(throttle && throttle.at <= latest && holdsLonger && { throttle }),
    ...(price && isNews(price, older.price) && { price }),
  };
}

/** The pieces of `memory` that are not those of `before`; undefined when there are none. */
export function changedPieces(before: RateMemory, memory: RateMemory): RateMemory | undefined {
  const { reading, throttle, price } = memory;
  const changed = {
    ...(reading && reading !== before.reading && { reading }),
    ...(throttle && throttle !== before.throttle && { throttle }),
    ...(price && price !== before.price && { price }),
  };
  return Object.keys(changed).length > 0 ? changed : undefined;
}

/** Those that are not among `known`; two of one instant and size are one only as often as both lists have them. */
export function unknownSpendings(spendings: readonly Spending[], known: readonly Spending[]): readonly Spending[] {
  const left = new Map<string, number>();
  for (const spending of known) left.set(keyOf(spending), (left.get(keyOf(spending)) ?? 0) + 1);
  return spendings.filter((spending) => {
    const count = left.get(keyOf(spending)) ?? 0;
    left.set(keyOf(spending), count - 1);
    return count <= 0;
  });
}

function keyOf({ at, commands }: Spending): string {
  return `${at.getTime()} ${Math.max(1, commands)}`;
}
