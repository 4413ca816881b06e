import type { RunView } from '@cloudtalk-sync/sync';
import { expect, it } from 'vitest';
import { forecastText } from './follow.js';

function text(operations: number, seconds: number): string {
  const endsAt = new Date(2026, 4, 4, 4, 51).toISOString();
  return forecastText({
    connection: 'drop',
    input: 'contacts.csv',
    forecast: { operations, seconds, endsAt },
  } as RunView);
}

it('a forecast says operations, duration, rate and end', () => {
  expect(text(8_214, 10_268)).toBe('contacts.csv: about 8,214 operations, 2 h 51 min at 48 a minute, until 04:51\n');
});

it('a short forecast names no rate, since rounding would make one up', () => {
  expect(text(1, 2)).toBe('contacts.csv: about 1 operation, 2 s, until 04:51\n');
  expect(text(3, 4)).toBe('contacts.csv: about 3 operations, 4 s, until 04:51\n');
});

it('an import that sends nothing is said to', () => {
  expect(text(0, 0)).toBe('contacts.csv: nothing to ask of CloudTalk\n');
});
