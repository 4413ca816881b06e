import type { Session, SourceRecord, Start } from '@cloudtalk-sync/connector-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../../../apps/sandbox/src/salesforce/server.js';
import { readAll, sessionAt, TestClock } from './test-session.js';

let clock: TestClock;
let sandbox: SalesforceSandbox;
const sessions: Session[] = [];

beforeEach(async () => {
  clock = new TestClock();
  sandbox = await startSalesforceSandbox({ clock: clock.now });
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  await sandbox.close();
});

async function open(options: Readonly<Record<string, unknown>> = {}): Promise<Session> {
  const session = await sessionAt(sandbox.url, { clock }, options);
  sessions.push(session);
  return session;
}

function people(count: number): void {
  for (let n = 0; n < count; n += 1) sandbox.put('Contact', { LastName: `Person ${n}` });
}

const namesOf = (records: readonly SourceRecord[]): unknown[] => records.map(({ fields }) => fields['LastName']);

describe('a later reading', () => {
  it('begins the look-back before the last record, with what changed at that very moment', async () => {
    people(1);
    clock.pass(600_000);
    sandbox.put('Contact', { LastName: 'within the look-back' });
    clock.pass(600_000);
    sandbox.put('Contact', { LastName: 'last' });
    const session = await open();
    const last = (await readAll(session)).at(-1);
    expect(namesOf(await readAll(session, { since: last?.cursor }))).toEqual(['within the look-back', 'last']);
  });

  it('finds what became visible late while the one before was interrupted for an hour', async () => {
    people(3);
    clock.pass(1_000);
    const session = await open();
    const interrupted = (await readAll(session)).at(-1);
    clock.pass(-15_000);
    const late = sandbox.put('Contact', { LastName: 'begun before that reading, saved after it' });
    clock.pass(3_615_000);
    sandbox.put('Contact', { LastName: 'an hour later' });
    const rest = await readAll(session, { behind: interrupted?.cursor });
    expect(namesOf(rest)).toEqual(['an hour later']);
    expect((await readAll(session, { since: rest.at(-1)?.cursor })).map(({ id }) => id)).toContain(late);
  });

  it('begins before the interrupted one did, however often that was taken up, and behind the last one again after that', async () => {
    people(1);
    const session = await open();
    let cursor = (await readAll(session)).at(-1)?.cursor;
    for (let hour = 1; hour <= 3; hour += 1) {
      clock.pass(3_600_000);
      sandbox.put('Contact', { LastName: `hour ${hour}` });
      cursor = (await readAll(session, { behind: cursor })).at(-1)?.cursor;
    }
    const whole = await readAll(session, { since: cursor });
    expect(namesOf(whole)).toEqual(['Person 0', 'hour 1', 'hour 2', 'hour 3']);
    expect(namesOf(await readAll(session, { since: whole.at(-1)?.cursor }))).toEqual(['hour 3']);
  });

  it('reads what came last not again for ever, when nothing changes', async () => {
    people(3);
    const numbers: number[] = [];
    let cursor: unknown;
    for (let night = 0; night < 4; night += 1) {
      const records = await readAll(await open(), cursor === undefined ? 'beginning' : { since: cursor });
      numbers.push(records.length);
      cursor = records.at(-1)?.cursor ?? cursor;
      clock.pass(86_400_000);
    }
    expect(numbers).toEqual([3, 3, 0, 0]);
    sandbox.put('Contact', { LastName: 'new' });
    expect(namesOf(await readAll(await open(), { since: cursor }))).toEqual(['new']);
  });

  it.each([
    ['ahead', true],
    ['behind', true],
    ['ahead', false],
  ])(
    'finds all that came late where our clock is days %s of that of Salesforce, which says its time: %s',
    async (where, tellsTime) => {
      await sandbox.close();
      sandbox = await startSalesforceSandbox({ clock: clock.now, tellsTime });
      const ours = new TestClock(clock.now().getTime() + (where === 'ahead' ? 1 : -1) * 3 * 86_400_000);
      const read = async (start: Start): Promise<readonly SourceRecord[]> => {
        const session = await sessionAt(sandbox.url, { clock: ours });
        sessions.push(session);
        return readAll(session, start);
      };
      people(1);
      clock.pass(7_200_000);
      const [first] = await read('beginning');
      const [again] = await read({ since: first?.cursor });
      clock.pass(-540_000);
      sandbox.put('Contact', { LastName: 'late' });
      clock.pass(541_000);
      expect(namesOf(await read({ since: (again ?? first)?.cursor }))).toContain('late');
    },
  );

  it('takes one of an earlier version that says by our clock when its reading began, however wrong that was', async () => {
    people(1);
    const [last] = await readAll(await open());
    clock.pass(1_200_000);
    sandbox.put('Contact', { LastName: 'next' });
    const { id, time } = last?.cursor as Readonly<Record<string, string>>;
    for (const began of ['2026-11-20T00:00:00.000Z', '2026-11-24T00:00:00.000Z']) {
      expect(namesOf(await readAll(await open(), { since: { time, id, began } }))).toEqual(['Person 0', 'next']);
    }
  });

  it('takes a cursor of an earlier version, which names its org and not when its reading began', async () => {
    people(1);
    clock.pass(3_600_000);
    sandbox.put('Contact', { LastName: 'later' });
    const session = await open();
    const old = (await readAll(session)).map(({ cursor }) => {
      const { asked, ...kept } = cursor as Readonly<Record<string, string>>;
      expect(asked).toBe(clock.now().toISOString());
      return { ...kept, org: '00D000000000001EAA' };
    });
    const rest = await readAll(session, { behind: old[0] });
    expect(namesOf(rest)).toEqual(['later']);
    expect(namesOf(await readAll(session, { since: old[1] }))).toEqual(['later']);
    expect(namesOf(await readAll(session, { since: rest[0]?.cursor }))).toEqual(['Person 0', 'later']);
  });

  it('gives what the condition lets through, wherever it begins', async () => {
    sandbox.put('Contact', { LastName: 'one', LeadSource: 'Web' });
    sandbox.put('Contact', { LastName: 'two', LeadSource: 'Fair' });
    sandbox.put('Contact', { LastName: 'three', LeadSource: "Joe's; (old" });
    const session = await open({ where: "LeadSource = 'Web' OR LeadSource = 'Joe\\'s; (old'" });
    const records = await readAll(session);
    expect(namesOf(records).sort()).toEqual(['one', 'three']);
    expect(await readAll(session, { behind: records[0]?.cursor })).toEqual(records.slice(1));
  });
});
