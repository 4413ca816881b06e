import { LateAnswer } from './hubspot-failure.js';

/**
 * Waits for `work` no longer than `timeout` ms and no longer than the signal allows; rejects with LateAnswer or the signal's
 * reason. The client has no deadline of its own, and waits for a stalled body for ever. (A signal made by
 * `AbortSignal.any` is never freed on Node 20 while one of its sources lives, and with it every answer.)
 */
export async function inTime<T>(work: Promise<T>, timeout: number, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    timer = setTimeout(() => reject(new LateAnswer(`no whole answer came in ${timeout / 1_000} s`)), timeout);
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
