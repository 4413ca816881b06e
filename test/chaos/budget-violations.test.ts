import { describe, expect, it } from 'vitest';
import type { Operation } from '../../apps/sandbox/src/index.js';
import { budgetViolations, DEADLINE, type Life } from './budget-violations.js';

const START = Date.parse('2026-05-01T12:00:00Z');
const RESET = START / 1000 + 20;
/** Of 100 operations 90 are ours, so that the last 10 of a window are not. */
const SHARE = 0.9;
/** The ports of two connections. */
const [ONE, OTHER] = [50_001, 50_002];
const ONE_LIFE: readonly Life[] = [{ from: at(0), to: at(600_000) }];

describe('the replay of the budget', () => {
  it('lets everything pass that the last answer left to us', () => {
    expect(found([request(0, 12), request(1_000, 11), request(2_000, 10)])).toEqual([]);
  });

  it('finds a request into what is left to others', () => {
    expect(found([request(0, 10), request(1_000, 9)])).toEqual([expect.stringContaining('10 of 100 left until')]);
  });

  it('counts what was sent since the last answer', () => {
    expect(found([request(0, 11), lost(1_000), lost(2_000)])).toEqual([expect.stringContaining('had sent 1 since')]);
  });

  it('counts no answer that came when the daemon may have given up waiting', () => {
    const late = { ...request(0, 9), answered: at(DEADLINE) };
    const next = { ...request(1_000, 9), port: OTHER };
    expect(found([late, next])).toEqual([]);
    expect(found([{ ...late, answered: at(DEADLINE / 2) }, next])).toHaveLength(1);
  });

  it('counts the answer that came before on the same connection, and no other that is as young', () => {
    const next = request(25, 9);
    expect(found([request(0, 10), next])).toEqual([expect.stringContaining('10 of 100 left until')]);
    expect(found([request(0, 10), { ...next, port: OTHER }])).toEqual([]);
    expect(found([request(0, 10), { ...next, port: undefined }])).toEqual([]);
  });

  it('blames nothing that an answer allows which may have been the last', () => {
    const generous = { ...request(1_000, 99), port: OTHER };
    expect(found([request(0, 11), generous, request(1_020, 98)])).toEqual([]);
    expect(found([request(0, 11), { ...generous, remaining: 10 }, request(1_020, 98)])).toHaveLength(1);
  });

  it('asks nothing once the window has ended', () => {
    expect(found([request(0, 0), request(20_000, 99)])).toEqual([]);
  });

  it('holds a daemon to what the one before it had the time to store', () => {
    const killedAt = (end: number): readonly Life[] => [
      { from: at(0), to: at(end) },
      { from: at(end), to: at(600_000) },
    ];
    const requests = [request(0, 0), request(5_000, 99)];
    expect(found(requests, killedAt(3_000))).toEqual([expect.stringContaining('heard before a restart')]);
    expect(found(requests, killedAt(500))).toEqual([]);
  });

  it('finds more than the share of a minute', () => {
    const busy = Array.from({ length: 91 }, (_, index) => ({ ...request(index * 500, 99), reset: START / 1000 }));
    expect(found(busy.slice(0, 90))).toEqual([]);
    expect(found(busy)).toEqual([expect.stringContaining('number 91 in a minute, and 90 of 100 are ours')]);
  });
});

function found(operations: readonly Operation[], lives = ONE_LIFE): readonly string[] {
  return budgetViolations(operations, lives, SHARE);
}

function at(milliseconds: number): Date {
  return new Date(START + milliseconds);
}

/** Answered after 10 ms. */
function request(after: number, remaining: number): Operation {
  return { ...lost(after), status: 200, remaining, limit: 100, reset: RESET, answered: at(after + 10) };
}

function lost(after: number): Operation {
  const unanswered = {
    status: undefined,
    remaining: undefined,
    limit: undefined,
    reset: undefined,
    answered: undefined,
  };
  return {
    time: at(after),
    method: 'GET',
    path: '/x',
    port: ONE,
    commands: 0,
    operations: 1,
    fault: undefined,
    ...unanswered,
  };
}
