import type { SourceRecord } from '@cloudtalk-sync/connector-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, type OpenSession, readAll } from './test-session.js';

const NO_CONTACTS = { kind: 'junk', json: { status: 'COMPLETE', results: [] }, match: 'batch read' } as const;
const ALWAYS = 1e9;

let clock: TestClock;
let sandbox: HubSpotSandbox;
let session: OpenSession;
let list: string;
let ids: readonly string[];

/** A list of so many contacts. */
async function start(count: number): Promise<void> {
  ids = Array.from({ length: count }, () => sandbox.put({ firstname: 'Anna' }));
  list = sandbox.addList(ids);
  session = await openSession(sandbox.url, { clock, options: { list } });
}

/** The next pages of members are these. */
function pages(...answers: readonly object[]): void {
  for (const json of answers) sandbox.fault({ kind: 'junk', json, match: `/crm/v3/lists/${list}/memberships` });
}

function living(records: readonly SourceRecord[]): readonly (string | undefined)[] {
  return records.flatMap(({ id, gone }) => (gone === undefined ? [id] : []));
}

beforeEach(async () => {
  clock = new TestClock();
  sandbox = await startHubSpotSandbox({ clock: clock.now });
});
afterEach(async () => {
  await session.close();
  await sandbox.close();
});

describe('a member of a list', () => {
  it.each([1, 2, ALWAYS])('is not lost with a batch that gives nobody (%i times)', async (times) => {
    await start(130);
    sandbox.fault({ ...NO_CONTACTS, times });
    expect(living(await readAll(session))).toEqual(ids);
  });

  it('is left out where HubSpot does not name it among the missing, and has it no more', async () => {
    await start(3);
    const [archived = '', erased = '', there] = ids;
    const results = ids.map((recordId) => ({ recordId }));
    sandbox.remove(archived);
    sandbox.erase(erased);
    pages({ total: 3, results });
    sandbox.fault({ ...NO_CONTACTS, times: 2 });
    expect(living(await readAll(session))).toEqual([there]);
  });

  it('that was merged into another one meanwhile is asked for once', async () => {
    await start(2);
    const [loser = '', survivor = ''] = ids;
    const results = ids.map((recordId) => ({ recordId }));
    sandbox.merge(loser, survivor);
    pages({ total: 2, results });
    expect(living(await readAll(session))).toEqual([survivor]);
    expect(sandbox.requests.filter(({ kind }) => kind === 'batch read' || kind === 'contact')).toHaveLength(1);
  });

  it('that is answered with neither a contact nor a word of HubSpot holds the reading up', async () => {
    await start(1);
    sandbox.fault({ ...NO_CONTACTS, times: ALWAYS });
    sandbox.fault({ kind: 'junk', json: { results: [] }, match: 'contact', times: ALWAYS });
    await expect(readAll(session)).rejects.toMatchObject({ name: 'RetryableError', code: 'unreadable_answer' });
  });
});

describe('a page of the members', () => {
  it('that is empty though it was announced, twice, has the list read once more from its beginning', async () => {
    await start(600);
    const match = `/crm/v3/lists/${list}/memberships` as const;
    sandbox.fault({ kind: 'junk', json: { results: [] }, match, skip: 1, times: 2 });
    expect(living(await readAll(session))).toEqual([...ids.slice(0, 250), ...ids]);
  });

  it('that ends before all came whom HubSpot counts is asked for again, and then the list read once more', async () => {
    await start(2);
    const short = { total: 2, results: ids.slice(1).map((recordId) => ({ recordId })) };
    pages(short);
    expect(living(await readAll(session))).toEqual(ids);
    pages(short, short);
    expect(living(await readAll(session))).toEqual([ids[1], ...ids]);
  });

  it('that never has as many as HubSpot counts holds nothing up for ever', async () => {
    await start(2);
    const short = { total: 3, results: ids.map((recordId) => ({ recordId })) };
    pages(short, short, short, short);
    expect(living(await readAll(session))).toEqual([...ids, ...ids]);
    expect(sandbox.requests.filter(({ kind }) => kind === 'members')).toHaveLength(4);
  });

  it('that lacks somebody who left, where another one joined behind the reading, does not hold up the one that goes on', async () => {
    await start(1100);
    const { cursor } = (await readAll(session))[600] ?? {};
    const rest = ids.slice(500, 1099).map((recordId) => ({ recordId }));
    const next = { after: Buffer.from('750').toString('base64') };
    const page = [
      { total: 1100, results: rest.slice(0, 250), paging: { next } },
      { total: 1100, results: rest.slice(250) },
    ];
    pages(...page, ...page.slice(1));
    expect(new Set(living(await readAll(session, { behind: cursor })))).toEqual(new Set(ids));
  });

  it('that says nothing of how many there are ends the list only with as many as the list itself counts', async () => {
    await start(130);
    sandbox.remove(ids[129] ?? '');
    const short = { results: ids.slice(0, 5).map((recordId) => ({ recordId })) };
    pages(short);
    expect(living(await readAll(session))).toEqual(ids.slice(0, 129));
    pages(short, short);
    expect(living(await readAll(session))).toEqual([...ids.slice(0, 5), ...ids.slice(0, 129)]);
    pages({ results: ids.slice(0, 129).map((recordId) => ({ recordId })) });
    expect(living(await readAll(session))).toEqual(ids.slice(0, 129));
  });

  it.each([
    ['that the list began with', false],
    ['of its own, too', true],
  ])('that ends too soon is short by the count %s, also in a reading that goes on there', async (_name, counts) => {
    await start(600);
    const { cursor } = (await readAll(session))[300] ?? {};
    const short = { ...(counts ? { total: 600 } : {}), results: [{ recordId: ids[250] }] };
    pages(short);
    expect(living(await readAll(session, { behind: cursor }))).toEqual(ids.slice(250));
    pages(short, short);
    expect(living(await readAll(session, { behind: cursor }))).toEqual([ids[250], ...ids]);
  });

  it('behind a cursor of an earlier version is not gone on from: the list begins anew', async () => {
    await start(300);
    const [first] = await readAll(session);
    const { read, counted, ...place } = Object(first?.cursor) as Record<string, unknown>;
    expect([read, counted]).toEqual([0, undefined]);
    const after = Buffer.from('250').toString('base64');
    expect(living(await readAll(session, { behind: { ...place, after } }))).toEqual(ids);
  });

  it('that is empty and counts nobody is believed only when the list is empty', async () => {
    await start(2);
    pages({ results: [] }, { results: [] });
    expect(living(await readAll(session))).toEqual(ids);
    await session.close();
    await start(0);
    pages({ results: [] });
    expect(living(await readAll(session))).toEqual([]);
  });

  it('is not believed at once where neither it nor the list says how many there are', async () => {
    await start(600);
    const short = { results: ids.slice(0, 5).map((recordId) => ({ recordId })) };
    pages(short, short);
    sandbox.fault({ kind: 'junk', json: { list: { objectTypeId: '0-1' } }, match: `/crm/v3/lists/${list}`, times: 3 });
    expect(new Set(living(await readAll(session)))).toEqual(new Set(ids));
  });

  it('is believed when others left the list while it was read', async () => {
    await start(600);
    const records = await readAll(session, 'beginning', (_record, index) => {
      if (index === 0) for (const id of ids.slice(590)) sandbox.remove(id);
    });
    expect(living(records)).toEqual(ids.slice(0, 590));
  });
});
