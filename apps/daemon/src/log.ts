import { reasonOf } from '@cloudtalk-sync/errors';
import type { Log } from '@cloudtalk-sync/sync';
import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions } from 'pino';

/** The log of a process; also Nest's own. */
export type ProcessLog = Log & {
  readonly nest: LoggerService;
  /** Says why the process cannot go on, and ends it with exit code 3. */
  end(error: unknown): never;
};

const EMAIL = /[^\s@<>"'(),:;]+@[^\s@<>"'(),:;]+\.[a-z]{2,}/gi;
/** Seven to fifteen digits behind a plus (E.164), or nine and more by themselves. */
const PHONE = /\+\d[\d ]{5,18}\d|(?<![\w-])\d{9,15}(?![\w-])/g;

/** Hides phone numbers and e-mails. */
export function mask(text: string): string {
  return text.replace(EMAIL, '***@***').replace(PHONE, '+***');
}

/** A log of JSON lines on standard error, in which no phone number or e-mail can be read. */
export function createLog(level: string): ProcessLog {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { log: maskAll, level: named },
  };
  const logger = pino(options, pino.destination({ fd: 2, sync: true }));
  const write =
    (method: 'debug' | 'error' | 'info' | 'warn') =>
    (facts: object, message: string): void => {
      logger[method](facts, mask(message));
    };
  const log: Log = { info: write('info'), warn: write('warn'), error: write('error') };
  const say =
    (method: 'debug' | 'error' | 'info' | 'warn') =>
    (message: unknown): void => {
      write(method)({}, String(message));
    };
  const end = (error: unknown): never => {
    const { code, message, fix } = reasonOf(error);
    log.error({ code, fix }, message);
    process.exit(3);
  };
  return { ...log, end, nest: { log: say('debug'), error: say('error'), warn: say('warn'), debug: say('debug') } };
}

function maskAll(facts: Record<string, unknown>): Record<string, unknown> {
  return masked(facts) as Record<string, unknown>;
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return mask(value);
  if (value instanceof Error) return { type: value.name, message: mask(value.message), stack: mask(value.stack ?? '') };
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, masked(member)]));
}

function named(level: string): object {
  return { level };
}
