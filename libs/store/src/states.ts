import { FatalError } from '@cloudtalk-sync/errors';

/** Where a run stands, with what that means. */
export const RUN_STATES = {
  requested: 'asked for, not begun',
  reading: 'records are read, mapped, checked and stored as rows',
  delivering: 'rows are on their way to CloudTalk',
  reporting: 'every row has its outcome; outcomes are written back to the source',
  completed: 'ended; no row failed',
  'completed with failures': 'ended; some rows failed',
  stopped: 'ended early by a person or by too many failures',
  failed: 'ended; the input as a whole could not be imported',
  waiting:
    'CloudTalk or the source cannot be used, or an earlier import of the connection goes on; goes on by itself when a check succeeds',
  held: 'waits for a person to allow it',
  skipped: 'ended; not begun because an earlier run of the connection was still going on',
} as const;
export type RunState = keyof typeof RUN_STATES;

/** From where a run may wait, and where it returns to. */
export const WORKING_STATES = [
  'requested',
  'reading',
  'delivering',
  'reporting',
] as const satisfies readonly RunState[];
export type WorkingState = (typeof WORKING_STATES)[number];

/** The states a run ends in. */
export const END_STATES = [
  'completed',
  'completed with failures',
  'stopped',
  'failed',
  'skipped',
] as const satisfies readonly RunState[];
export type EndState = (typeof END_STATES)[number];

/** The legal moves of a run. */
export const RUN_MOVES: Readonly<Record<RunState, readonly RunState[]>> = {
  requested: ['reading', 'waiting', 'held', 'skipped', 'reporting'],
  reading: ['delivering', 'reporting', 'waiting'],
  delivering: ['reporting', 'waiting'],
  reporting: ['completed', 'completed with failures', 'stopped', 'failed', 'waiting'],
  waiting: ['requested', 'reading', 'delivering', 'reporting'],
  held: ['requested', 'skipped'],
  completed: [],
  'completed with failures': [],
  stopped: [],
  failed: [],
  skipped: [],
};

/** Where a row stands, with what that means. */
export const ROW_STATES = {
  ready: 'valid, waits to be sent',
  folded: 'the same contact as an earlier row of this run; takes that row’s end',
  sending: 'its command is on the way, or was when the process died',
  'in doubt': 'the answer was lost: it may have been carried out and is looked up before anything else',
  created: 'ended; a new contact',
  updated: 'ended; an existing contact was changed',
  unchanged: 'ended; nothing to send',
  merged: 'ended; went in with another row of this run',
  skipped: 'ended; left out by a policy',
  removed: 'ended; the contact was deleted',
  failed: 'ended; carries its issues',
  'not processed': 'ended; the run stopped before it was this row’s turn',
} as const;
export type RowState = keyof typeof ROW_STATES;

/** The states in which a row still has to come to an end. */
export const OPEN_ROW_STATES = ['ready', 'folded', 'sending', 'in doubt'] as const satisfies readonly RowState[];
export type OpenRowState = (typeof OPEN_ROW_STATES)[number];

/** Of a row, in SQL: it has still to come to an end. */
export const IS_UNDER_WAY = `state IN (${OPEN_ROW_STATES.map((state) => `'${state}'`).join(', ')})`;

/** The legal moves of a row; `new` is the row about to be stored. A preview moves from `ready` to what would become of it. */
export const ROW_MOVES: Readonly<Record<RowState | 'new', readonly RowState[]>> = {
  new: ['ready', 'unchanged', 'skipped', 'failed', 'not processed'],
  ready: ['folded', 'sending', 'unchanged', 'skipped', 'failed', 'not processed', 'created', 'updated', 'removed'],
  folded: ['merged', 'unchanged', 'failed', 'not processed', 'skipped'],
  sending: ['created', 'updated', 'removed', 'failed', 'ready', 'in doubt'],
  'in doubt': ['created', 'updated', 'removed', 'failed', 'ready', 'not processed'],
  created: [],
  updated: [],
  /** Back only when another row of the run changes the record, or its contact before this row. */
  unchanged: ['ready'],
  merged: [],
  skipped: [],
  removed: [],
  failed: [],
  'not processed': [],
};

/** Throws FatalError for a move that the tables above do not allow: such a move is a bug, and must not be stored. */
export function assertMove<State extends string>(
  moves: Readonly<Record<State, readonly string[]>>,
  from: State,
  to: string,
): void {
  if (moves[from].includes(to)) return;
  throw new FatalError({
    code: 'illegal_move',
    message: `Something tried to move from '${from}' to '${to}', which no run or row may do.`,
    fix: 'Nothing was changed; report this message, it is an error in cloudtalk-sync.',
  });
}
