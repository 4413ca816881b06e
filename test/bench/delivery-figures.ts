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

/** What a run asked of CloudTalk. */
export interface DeliveryFigures {
  /** Operations by what they were for; the other client's are not among the total. */
  readonly used: Readonly<Record<OperationKind, number>>;
  readonly total: number;
  /** Commands that were sent. */
  readonly commands: number;
  /** Requests of ours that were answered with 429. */
  readonly throttled: number;
}

export function figuresOf(operations: readonly Operation[]): DeliveryFigures {
  const used = { bulk: 0, page: 0, search: 0, show: 0, list: 0, 'other client': 0 };
  for (const operation of operations) used[kindOf(operation)] += operation.operations;
  const ours = operations.filter((operation) => kindOf(operation) !== 'other client');
  return {
    used,
    total: ours.reduce((sum, { operations: cost }) => sum + cost, 0),
    commands: ours.reduce((sum, { commands, status }) => sum + (status === 200 ? commands : 0), 0),
    throttled: ours.filter(({ status }) => status === 429).length,
  };
}

/** What was used in whole minutes from the first operation on, as a part of what might be; the last, begun one is left out. */
export function shareUsed(operations: readonly Operation[], allowance: number): number {
  const [first, last] = [operations[0], operations[operations.length - 1]];
  if (!first || !last) return 0;
  const minutes = Math.floor((last.time.getTime() - first.time.getTime()) / WINDOW);
  return operationsBetween(operations, first.time, minutes * WINDOW) / (allowance * minutes);
}

/** What ours cost in the `length` milliseconds from `from` on. */
export function operationsBetween(operations: readonly Operation[], from: Date, length: number): number {
  const end = from.getTime() + length;
  return operations
    .filter((operation) => kindOf(operation) !== 'other client')
    .filter(({ time }) => time >= from && time.getTime() < end)
    .reduce((sum, { operations: cost }) => sum + cost, 0);
}
