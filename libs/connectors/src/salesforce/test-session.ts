import type { Clock, RecordOutcome, Session, SessionContext, SourceRecord, Start } from '@cloudtalk-sync/connector-kit';
import { salesforce } from './salesforce.js';

/** The options of a connection to a stand-in at this address, as they stand in a config. */
export function optionsAt(loginUrl: string, extra: Readonly<Record<string, unknown>> = {}): unknown {
  return { loginUrl, auth: { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' }, ...extra };
}

/** A clock that stands still until it is moved, and never waits. */
export class TestClock implements Clock {
  constructor(private time = Date.parse('2026-11-22T02:00:00Z')) {}

  readonly now = (): Date => new Date(this.time);

  async wait(): Promise<void> {}

  /** Moves it forward by so many milliseconds. */
  pass(milliseconds: number): void {
    this.time += milliseconds;
  }
}

/** A context as the engine would give it. */
export function contextWith(given: Partial<SessionContext> & { readonly clock: Clock }): SessionContext {
  return {
    connectionId: 'crm',
    defaultCountry: 'SK',
    readsTemplate: false,
    maxFileSize: 8 * 1024 * 1024,
    fields: ['LastName', 'Email'],
    report: {},
    ...given,
  };
}

export async function sessionAt(
  url: string,
  context: Partial<SessionContext> & { readonly clock: Clock },
  options: Readonly<Record<string, unknown>> = {},
): Promise<Session> {
  return salesforce.open(salesforce.optionsSchema.parse(optionsAt(url, options)), contextWith(context));
}

/** Everything that a session gives from `start` on. */
export async function readAll(session: Session, start: Start = 'beginning', signal = never): Promise<SourceRecord[]> {
  if (session.source.kind !== 'pass') throw new Error('This is no CRM.');
  const records: SourceRecord[] = [];
  for await (const record of (await session.source.read(start, signal)).records) records.push(record);
  return records;
}

/** A signal that never aborts. */
export const never = new AbortController().signal;

/** What a call was refused with. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<Error & { readonly code?: string; readonly fix?: string; readonly retryAt?: Date }> {
  const error: unknown = await call.then(
    () => new Error('It was not refused.'),
    (thrown: unknown) => thrown,
  );
  return error as Error;
}

/** The outcome of a record, imported unless something else is said. */
export function outcomeOf(recordId: string, given: Partial<RecordOutcome> = {}): RecordOutcome {
  const time = new Date('2026-11-22T02:30:00Z');
  return { recordId, status: 'imported', code: '', message: '', contactId: '4711', link: '', time, ...given };
}
