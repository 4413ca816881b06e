import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../libs/connector-kit/src/index.js';

/** A clock whose hours pass quickly. */
export interface FastTime extends Clock {
  /** Lets that many milliseconds pass at once, as when nobody works at night. */
  skip(milliseconds: number): void;
}

/**
 * From now on time passes `pace` times as fast in this process: the machine's time is replaced, so that whatever asks for
 * it, engine, client or sandbox, lives at the same hour. Timers and deadlines of the machine itself stay as they are.
 */
export function startFastTime(pace: number): FastTime {
  const machine = Date;
  const begun = machine.now();
  let skipped = 0;
  const now = (): number => Math.floor(begun + skipped + (machine.now() - begun) * pace);
  globalThis.Date = new Proxy(machine, {
    construct: (target, values: unknown[], made) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values, made) as Date,
    get: (target, key, receiver) => (key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown)),
  });
  return {
    now: () => new Date(),
    wait: (milliseconds, signal) => sleep(milliseconds / pace, undefined, signal ? { signal } : {}),
    skip: (milliseconds) => void (skipped += milliseconds),
  };
}
