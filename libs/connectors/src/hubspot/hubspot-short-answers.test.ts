import type { SourceRecord, Start } from '@cloudtalk-sync/connector-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotSandboxOptions } from '../../../../apps/sandbox/src/hubspot/options.js';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, type OpenSession, readAll, since } from './test-session.js';

const HOUR = 3_600_000;
const SECOND = 1_000;
const ALWAYS = 1e9;
const NOTHING_FOUND = { kind: 'junk', json: { total: 0, results: [] }, match: 'search' } as const;
const NOTHING_LISTED = { kind: 'junk', json: { results: [] } } as const;

let clock: TestClock;
let sandbox: HubSpotSandbox;
let session: OpenSession;

async function start(options: HubSpotSandboxOptions = {}): Promise<void> {
  sandbox = await startHubSpotSandbox({ clock: clock.now, ...options });
  session = await openSession(sandbox.url, { clock });
}

function make(count: number): readonly string[] {
  return Array.from({ length: count }, () => sandbox.put({ firstname: 'Anna' }));
}

/** A first reading, of one contact that was made an hour before it. */
async function firstReading(): Promise<readonly SourceRecord[]> {
  make(1);
  clock.pass(HOUR);
  const records = await readAll(session);
  clock.pass(HOUR);
  return records;
}

/** The ids of everyone who lives, in these readings. */
function idsOf(...readings: (readonly SourceRecord[])[]): ReadonlySet<string | undefined> {
  const living = readings.flat().filter(({ gone }) => gone === undefined);
  return new Set(living.map(({ id }) => id));
}

function behind(records: readonly SourceRecord[], index: number): Start {
  return { behind: JSON.parse(JSON.stringify(records[index]?.cursor)) as unknown };
}

beforeEach(() => {
  clock = new TestClock();
});
afterEach(async () => {
  await session.close();
  await sandbox.close();
});

describe('an answer of the search without the contacts that are there', () => {
  it.each([1, 2, 3])('loses nobody in front of one who was changed just now (for %i readings)', async (times) => {
    await start();
    let last = await firstReading();
    const ids = [...make(50)];
    const found = new Set<string | undefined>();
    for (let count = 0; count < times; count += 1) {
      clock.pass(HOUR);
      ids.push(...make(1));
      sandbox.fault(NOTHING_FOUND);
      last = await readAll(session, since(last));
      for (const id of idsOf(last)) found.add(id);
      if (count === 0) expect([...found]).toEqual([ids.at(-1)]);
    }
    clock.pass(HOUR);
    for (const id of idsOf(await readAll(session, since(last)))) found.add(id);
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
  });

  it('loses nobody when it is the first after an interruption', async () => {
    await start();
    const first = await firstReading();
    const ids = Array.from({ length: 50 }, () => {
      clock.pass(SECOND);
      return make(1)[0] ?? '';
    });
    clock.pass(HOUR);
    const interrupted = (await readAll(session, since(first))).slice(0, 10);
    ids.push(...make(1));
    sandbox.fault(NOTHING_FOUND);
    const resumed = await readAll(session, behind(interrupted, 9));
    clock.pass(HOUR);
    const next = await readAll(session, since(resumed));
    const found = idsOf(interrupted, resumed, next);
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
  });

  it('does not keep what has been read coming again when the search is in order', async () => {
    await start();
    const first = await firstReading();
    const [early = ''] = make(1);
    clock.pass(HOUR);
    const [late = ''] = make(1);
    clock.pass(HOUR);
    const second = await readAll(session, since(first));
    expect([...idsOf(second)]).toEqual([early, late]);
    clock.pass(HOUR);
    expect([...idsOf(await readAll(session, since(second)))]).toEqual([late]);
  });

  it.each([
    ['behind the most results of a search', 10, 50],
    ['at the beginning of one moment of many contacts', 0, 3],
    ['in the midst of one moment of many contacts', 0, 20],
  ])('is asked for again %s', async (_name, apart, skip) => {
    await start();
    const first = await firstReading();
    const ids = Array.from({ length: 10_400 }, () => {
      clock.pass(apart);
      return make(1)[0] ?? '';
    });
    clock.pass(HOUR);
    sandbox.fault({ ...NOTHING_FOUND, skip });
    const found = idsOf(await readAll(session, since(first)));
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
    sandbox.fault({ ...NOTHING_FOUND, skip, times: ALWAYS });
    const reading = readAll(session, since(first));
    await expect(reading).rejects.toMatchObject({ name: 'RetryableError', code: 'incomplete_answer' });
  });
});

describe('a reading of changes that was interrupted', () => {
  it('leaves those to the next one who were shown late, with times before it was interrupted', async () => {
    await start();
    const first = await firstReading();
    const ids = [...make(1)];
    clock.pass(HOUR);
    ids.push(...make(3));
    clock.pass(SECOND);
    const before = await readAll(session, since(first));
    clock.pass(-15 * SECOND);
    ids.push(...make(1));
    clock.pass(HOUR);
    ids.push(...make(1));
    const resumed = await readAll(session, behind(before, before.length - 1));
    expect(idsOf(resumed).has(ids[4])).toBe(false);
    clock.pass(HOUR);
    const found = idsOf(before, resumed, await readAll(session, since(resumed)));
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
  });
});

describe('a list that ends too soon', () => {
  it.each([
    ['an empty page', 1, 1],
    ['an empty first page', 0, 1],
    ['an empty page twice', 1, 2],
    ['an empty first page twice', 0, 2],
  ])('loses nobody: %s', async (_name, skip, times) => {
    await start();
    const ids = make(350);
    clock.pass(HOUR);
    sandbox.remove(ids[7] ?? '');
    sandbox.fault({ ...NOTHING_LISTED, match: 'list', skip, times });
    const records = await readAll(session);
    expect(idsOf(records)).toEqual(new Set(ids.filter((id) => id !== ids[7])));
    expect(records.filter(({ gone }) => gone !== undefined).map(({ id }) => id)).toEqual([ids[7]]);
  });

  it('loses nobody when it announces no page behind a full one', async () => {
    await start();
    const ids = make(350);
    const results = sandbox.records().slice(0, 100);
    sandbox.fault({ kind: 'junk', json: { results }, match: 'list', times: 2 });
    clock.pass(HOUR);
    expect(idsOf(await readAll(session))).toEqual(new Set(ids));
  });

  it('loses nobody wherever it is taken up again', async () => {
    await start();
    const ids = make(350);
    clock.pass(HOUR);
    sandbox.remove(ids[7] ?? '');
    sandbox.fault({ ...NOTHING_LISTED, match: 'list', skip: 1, times: 2 });
    const records = await readAll(session);
    for (const index of [50, 99, 100, 150, 300]) {
      const read = records.slice(0, index + 1);
      const found = idsOf(read, await readAll(session, behind(records, index)));
      expect(ids.filter((id) => id !== ids[7] && !found.has(id))).toEqual([]);
    }
    sandbox.fault({ ...NOTHING_LISTED, match: 'list', times: 2 });
    const found = idsOf(records.slice(0, 51), await readAll(session, behind(records, 100)));
    expect(ids.filter((id) => id !== ids[7] && !found.has(id))).toEqual([]);
  });

  it('holds nothing up when it is the search that still counts contacts who are gone', async () => {
    await start({ searchDelay: 10 * HOUR });
    const ids = make(150);
    clock.pass(11 * HOUR);
    for (const id of ids.slice(0, 5)) sandbox.remove(id);
    const records = await readAll(session);
    expect(records.filter(({ gone }) => gone !== undefined)).toHaveLength(5);
    for (const id of ids.slice(5)) expect(idsOf(records)).toContain(id);
  });

  it('is believed when contacts were made while it was read', async () => {
    await start();
    make(250);
    clock.pass(HOUR);
    const records = await readAll(session, 'beginning', (_record, index) => {
      if (index === 240) clock.pass(SECOND);
      if (index === 249) make(20);
    });
    expect(records).toHaveLength(250);
    expect(sandbox.requests.filter(({ kind }) => kind === 'search')).toHaveLength(1);
  });

  it.each([
    ['members of the list', 'members', { list: true }],
    ['archived contacts', 'list', { list: false }],
  ] as const)('is asked again for the %s', async (_name, match, { list }) => {
    await start();
    const ids = make(350);
    if (!list) for (const id of ids) sandbox.remove(id);
    const options = list ? { list: sandbox.addList(ids) } : {};
    const opened = await openSession(sandbox.url, { clock, options });
    sandbox.fault({ ...NOTHING_LISTED, match, skip: list ? 1 : 2 });
    const found = new Set((await readAll(opened)).map(({ id }) => id));
    expect(found).toEqual(new Set(ids));
    await opened.close();
  });
});

describe('an answer of the other kind of contacts than was asked for', () => {
  const UNREADABLE = { name: 'RetryableError', code: 'unreadable_answer' };

  it.each([
    ['living contacts', 'archived', 1, false],
    ['living contacts that it does not call so', 'archived', 1, undefined],
    ['archived contacts', 'living', 0, true],
  ] as const)('%s are not taken for %s ones', async (_name, _asked, skip, archived) => {
    await start();
    const ids = make(2);
    const json = { results: ids.map((id) => ({ id, properties: {}, archived })) };
    clock.pass(HOUR);
    sandbox.fault({ kind: 'junk', json, match: 'list', skip });
    expect((await readAll(session)).map(({ id, gone }) => [id, gone])).toEqual(ids.map((id) => [id, undefined]));
    sandbox.fault({ kind: 'junk', json, match: 'list', skip, times: ALWAYS });
    await expect(readAll(session)).rejects.toMatchObject(UNREADABLE);
  });

  it.each(['search', 'batch read'] as const)('is not taken for living ones in a %s', async (match) => {
    await start();
    const first = await firstReading();
    const [id = ''] = make(1);
    const options = match === 'search' ? {} : { list: sandbox.addList([id]) };
    const opened = await openSession(sandbox.url, { clock, options });
    const properties = { lastmodifieddate: clock.now().toISOString() };
    const json = { total: 1, results: [{ id, properties, archived: true }] };
    sandbox.fault({ kind: 'junk', json, match, times: ALWAYS });
    await expect(readAll(opened, since(first))).rejects.toMatchObject(UNREADABLE);
    await opened.close();
  });
});

describe('a cursor of an earlier version', () => {
  it.each([
    ['of the list', { phase: 'list', after: '1301' }],
    ['of the archived contacts', { phase: 'archived' }],
    ['of the search', { phase: 'search', at: 0 }],
  ])('%s is read on from', async (_name, place) => {
    await start();
    const ids = make(30);
    const portal = { portal: '4242', began: clock.now().getTime() };
    sandbox.remove(ids[29] ?? '');
    clock.pass(HOUR);
    const [edited = ''] = ids;
    sandbox.edit(edited, { firstname: 'Eva' });
    const resumed = await readAll(session, { behind: { ...place, ...portal } });
    expect(resumed.length).toBeGreaterThan(0);
    expect([...idsOf(await readAll(session, { since: { ...place, ...portal } }))]).toContain(edited);
  });
});
