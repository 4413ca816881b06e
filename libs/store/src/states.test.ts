import { FatalError } from '@cloudtalk-sync/errors';
import { describe, expect, it } from 'vitest';
import {
  assertMove,
  END_STATES,
  OPEN_ROW_STATES,
  ROW_MOVES,
  ROW_STATES,
  RUN_MOVES,
  RUN_STATES,
  type RowState,
  type RunState,
  WORKING_STATES,
} from './states.js';

/** Every state that can come after `from`, however many moves it takes. */
function reachable(moves: Readonly<Record<string, readonly string[]>>, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const next = [from];
  for (let state = next.pop(); state !== undefined; state = next.pop()) {
    for (const to of (moves[state] ?? []).filter((one) => !seen.has(one))) {
      seen.add(to);
      next.push(to);
    }
  }
  return seen;
}

describe('the states of runs', () => {
  it('can all be reached by a run that was asked for', () => {
    expect([...reachable(RUN_MOVES, 'requested')].sort()).toEqual(Object.keys(RUN_STATES).sort());
  });

  it('end where nothing follows, and only there', () => {
    const states = Object.keys(RUN_STATES) as RunState[];
    expect(states.filter((state) => RUN_MOVES[state].length === 0).sort()).toEqual([...END_STATES].sort());
  });

  it('let every working run wait, and go on exactly where it stood', () => {
    expect(WORKING_STATES.filter((state) => !RUN_MOVES[state].includes('waiting'))).toEqual([]);
    expect([...RUN_MOVES.waiting].sort()).toEqual([...WORKING_STATES].sort());
  });

  it('never lead past the reports to an end', () => {
    for (const end of ['completed', 'completed with failures', 'stopped', 'failed'] as const) {
      const before = (Object.keys(RUN_STATES) as RunState[]).filter((state) => RUN_MOVES[state].includes(end));
      expect(before).toEqual(['reporting']);
    }
  });
});

describe('the states of rows', () => {
  it('can all be reached by a row that is stored', () => {
    expect([...reachable(ROW_MOVES, 'new')].sort()).toEqual(Object.keys(ROW_STATES).sort());
  });

  it('are open or ended, and only an ended one has nothing after it, but for what intake takes back', () => {
    const open = (Object.keys(ROW_STATES) as RowState[]).filter((state) => ROW_MOVES[state].length > 0);
    expect(open.sort()).toEqual([...OPEN_ROW_STATES, 'unchanged'].sort());
    expect(ROW_MOVES.unchanged).toEqual(['ready']);
  });

  it('let a command on the way never be forgotten: it is answered or in doubt', () => {
    expect(ROW_MOVES.sending).not.toContain('not processed');
    expect(ROW_MOVES.sending).not.toContain('unchanged');
  });
});

describe('a move', () => {
  it('that the table allows passes', () => {
    expect(() => assertMove(ROW_MOVES, 'ready', 'sending')).not.toThrow();
  });

  it('that the table does not allow is an error in the program, and says from where to where', () => {
    expect(() => assertMove(RUN_MOVES, 'completed', 'reading')).toThrow(FatalError);
    expect(() => assertMove(RUN_MOVES, 'completed', 'reading')).toThrow(/from 'completed' to 'reading'/);
  });
});
