import type { Operation } from '../../apps/sandbox/src/index.js';

/** The window of CloudTalk's rate limit, in ms (API reference 1.7: operations per minute). */
export const WINDOW = 60_000;

export type OperationKind = 'bulk' | 'page' | 'search' | 'show' | 'list' | 'other client';

/** What a request was for. The engine never asks for tags: those requests are the other client's. */
export function kindOf({ method, path }: Pick<Operation, 'method' | 'path'>): OperationKind {
  if (path.startsWith('/tags/')) return 'other client';
  if (method === 'POST') return 'bulk';
  if (path.startsWith('/contacts/show/')) return 'show';
  if (path.startsWith('/contacts/index.json')) return path.includes('keyword=') ? 'search' : 'page';
  return 'list';
}

/** The requests that the engine made. */
export function oursOf(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter((operation) => kindOf(operation) !== 'other client');
}

/** What a run asked of CloudTalk. */
export interface DeliveryFigures {
  /** Operations by what they were for. */
  readonly used: Readonly<Record<OperationKind, number>>;
  readonly total: number;
  /** Commands that CloudTalk took. */
  readonly commands: number;
  /** Requests that were answered with 429. */
  readonly throttled: number;
}

export function figuresOf(ours: readonly Operation[]): DeliveryFigures {
  const used = { bulk: 0, page: 0, search: 0, show: 0, list: 0, 'other client': 0 };
  for (const operation of ours) used[kindOf(operation)] += operation.operations;
  return {
    used,
    total: costOf(ours),
    commands: ours.reduce((sum, { commands, status }) => sum + (status === 200 ? commands : 0), 0),
    throttled: ours.filter(({ status }) => status === 429).length,
  };
}

/** The part of the allowance that was used in the whole minutes from the first operation on; without the last, begun one. */
export function shareUsed(ours: readonly Operation[], allowance: number): number {
  const [first, last] = [ours[0], ours[ours.length - 1]];
  if (!first || !last) return 0;
  const minutes = Math.floor((last.time.getTime() - first.time.getTime()) / WINDOW);
  return minutes === 0 ? 0 : costOf(within(ours, first.time, minutes * WINDOW)) / (allowance * minutes);
}

/** The fewest operations that an answer of ours left to the company's other tools. */
export function leastLeft(ours: readonly Operation[]): number {
  return Math.min(...ours.map(({ remaining }) => remaining ?? Infinity));
}

/** Those of the `length` milliseconds from `from` on. */
export function within(operations: readonly Operation[], from: Date, length: number): readonly Operation[] {
  const end = from.getTime() + length;
  return operations.filter(({ time }) => time >= from && time.getTime() < end);
}

export function costOf(operations: readonly Operation[]): number {
  return operations.reduce((sum, { operations: cost }) => sum + cost, 0);
}
