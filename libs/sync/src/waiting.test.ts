import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { describe, expect, it } from 'vitest';
import { Patience } from './waiting.js';

const NOW = new Date('2026-11-22T02:00:00Z');
const reason = { code: 'unreachable', message: 'It is out of reach.', fix: 'Wait.' };

function seconds(patience: Patience, error: unknown): number {
  return (patience.retryAt('account', error, NOW).getTime() - NOW.getTime()) / 1000;
}

describe('the next check of something that cannot be used', () => {
  it('comes after 2, 4, 8 ... at most 60 s when it is only out of reach', () => {
    const patience = new Patience();
    const pauses = Array.from({ length: 7 }, () => seconds(patience, new RetryableError(reason)));
    expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60]);
  });

  it('begins anew after a success', () => {
    const patience = new Patience();
    seconds(patience, new RetryableError(reason));
    patience.succeeded('account');
    expect(seconds(patience, new RetryableError(reason))).toBe(2);
  });

  it('is never before the time that was named', () => {
    const retryAt = new Date(NOW.getTime() + 90_000);
    expect(seconds(new Patience(), new RetryableError(reason, { retryAt }))).toBe(90);
  });

  it('comes after a minute when a person has to mend something, then later and later', () => {
    const patience = new Patience();
    const pauses = Array.from({ length: 6 }, () => seconds(patience, new FatalError(reason)) / 60);
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15]);
  });
});
