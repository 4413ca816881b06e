import type {
  PassSource,
  ChangeReporter,
  Session,
  SessionContext,
  SourceRecord,
  Start,
} from '@cloudtalk-sync/connector-kit';
import { hubspot } from './hubspot.js';
import { TestClock } from './test-clock.js';

const never = new AbortController().signal;

interface Wanted extends Partial<SessionContext> {
  readonly clock?: TestClock;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A session on the portal at `url`, with its halves as what they are for a CRM. */
export async function openSession(url: string, { options, ...context }: Wanted = {}): Promise<OpenSession> {
  const session = await hubspot.open(
    hubspot.optionsSchema.parse({ accessToken: 'sandbox-token', basePath: url, ...options }),
    {
      connectionId: 'crm',
      clock: new TestClock(),
      defaultCountry: 'SK',
      readsTemplate: false,
      maxFileSize: 1_000,
      fields: ['firstname'],
      report: {},
      ...context,
    },
  );
  const { source, reporter } = session;
  if (source.kind !== 'pass' || reporter.wants !== 'changes') throw new Error('This is no session of a CRM.');
  return { ...session, source, reporter };
}

export interface OpenSession extends Session {
  readonly source: PassSource;
  readonly reporter: ChangeReporter;
}

/** Reads to the end; `onRecord` is called for each record before the next one is asked for. */
export async function readAll(
  { source }: OpenSession,
  start: Start = 'beginning',
  onRecord: (record: SourceRecord, index: number) => void = () => undefined,
): Promise<readonly SourceRecord[]> {
  const { records } = await source.read(start, never);
  const all: SourceRecord[] = [];
  for await (const record of records) {
    onRecord(record, all.length);
    all.push(record);
  }
  return all;
}

/** Where the next reading has to begin after this one. */
export function since(records: readonly SourceRecord[]): Start {
  return { since: JSON.parse(JSON.stringify(records.at(-1)?.cursor)) as unknown };
}
