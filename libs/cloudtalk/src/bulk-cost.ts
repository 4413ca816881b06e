import type { Fall } from './rate-reading-kept.js';

/** So many requests in a row must have cost their number of commands before it is believed. */
const ENOUGH_EVIDENCE = 3;

/** What is believed of the price of a bulk request, as it can be kept as JSON. */
export interface BulkPrice {
  /** True when it costs one operation for each command, false when it costs one. */
  readonly perCommand: boolean;
  /** Requests in a row that cost their number of commands. */
  readonly evidence: number;
  /** When this was found out, in ms since 1970. */
  readonly at: number;
}

/** What is believed before anything is known. */
export const FIRST_PRICE: BulkPrice = { perCommand: false, evidence: 0, at: 0 };

/** What a request of that many commands is taken to cost. */
export function costAt({ perCommand }: BulkPrice, commands: number): number {
  return perCommand ? Math.max(1, commands) : 1;
}

/**
 * Finds out from a fall of `Remaining` whether a bulk request costs one operation or one for each command; `sent` is the
 * number of commands of each request that shares in the fall. Other tools only ever make `Remaining` fall faster, so that
 * one fall below the number of commands proves the cheap price, while the dear one is believed after several falls by
 * exactly that number, without exception. Where a new window may have hidden a part of the fall, the cheap one is proved
 * by several as well. Returns the price that went in when there is nothing new to say.
 */
export function priceAfter(before: BulkPrice, fall: Fall | undefined, sent: readonly number[], at: number): BulkPrice {
  const [commands, ...more] = sent;
  if (fall === undefined || commands === undefined || commands <= 1 || more.length > 0) return before;
  if (fall.by > commands) return before;
  const evidence = evidenceAfter(before.evidence, fall, commands);
  if (evidence === before.evidence) return before;
  return { perCommand: evidence === ENOUGH_EVIDENCE || (before.perCommand && evidence > 0), evidence, at };
}

function evidenceAfter(before: number, { by, isOfOneWindow }: Fall, commands: number): number {
  if (by === commands) return Math.min(before + 1, ENOUGH_EVIDENCE);
  return isOfOneWindow ? 0 : Math.max(before - 1, 0);
}
