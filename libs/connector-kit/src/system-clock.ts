import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './connector.js';

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, signal ? { signal } : {}),
};
