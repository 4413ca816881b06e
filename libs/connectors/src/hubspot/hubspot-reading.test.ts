import type { SourceRecord } from '@cloudtalk-sync/connector-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotSandboxOptions } from '../../../../apps/sandbox/src/hubspot/options.js';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, type OpenSession, readAll, since } from './test-session.js';

const HOUR = 3_600_000;

let clock: TestClock;
let sandbox: HubSpotSandbox;
const open: { close(): Promise<void> }[] = [];

async function start(options: HubSpotSandboxOptions = {}): Promise<void> {
  sandbox = await startHubSpotSandbox({ clock: clock.now, ...options });
  open.push(sandbox);
}

async function session(more: Parameters<typeof openSession>[1] = {}): Promise<OpenSession> {
  const opened = await openSession(sandbox.url, { clock, ...more });
  open.unshift(opened);
  return opened;
}

/** What was read an hour ago, of a portal with one contact that was made an hour before that. */
async function anHourAgo(): Promise<readonly SourceRecord[]> {
  sandbox.put({ firstname: 'first' });
  clock.pass(HOUR);
  const records = await readAll(await session());
  clock.pass(HOUR);
  return records;
}

beforeEach(() => {
  clock = new TestClock();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('a full reading of HubSpot', () => {
  it('gives every contact page by page, then the archived ones as deleted', async () => {
    await start();
    const ids = Array.from({ length: 250 }, (_, index) => sandbox.put({ firstname: `Anna ${index}` }));
    sandbox.remove(ids[7] ?? '');
    const records = await readAll(await session());
    expect(records).toHaveLength(250);
    expect(records[0]).toMatchObject({ id: ids[0], fields: { firstname: 'Anna 0' }, origin: {} });
    expect(records[0]).not.toHaveProperty('gone');
    expect(records.at(-1)).toMatchObject({ id: ids[7], gone: { how: 'deleted' } });
    expect(sandbox.requests.filter(({ kind }) => kind === 'list')).toHaveLength(4);
  });

  it('tells of the contacts that were merged into another one, directly behind it', async () => {
    await start();
    const [anna = '', jan = '', eva = '', zoe = ''] = ['Anna', 'Jan', 'Eva', 'Zoe'].map((firstname) =>
      sandbox.put({ firstname }),
    );
    sandbox.merge(zoe, eva);
    sandbox.merge(eva, jan);
    const records = await readAll(await session());
    expect(records.map(({ id, gone }) => [id, gone])).toEqual([
      [anna, undefined],
      [jan, undefined],
      [eva, { how: 'merged', into: jan }],
      [zoe, { how: 'merged', into: jan }],
    ]);
  });

  it('gives the contacts that were merged into an archived one as deleted, behind it', async () => {
    await start();
    const [anna = '', jan = '', eva = ''] = ['Anna', 'Jan', 'Eva'].map((firstname) => sandbox.put({ firstname }));
    sandbox.merge(anna, jan);
    sandbox.merge(jan, eva);
    sandbox.remove(eva);
    const records = await readAll(await session());
    expect(records.map(({ id, gone }) => [id, gone])).toEqual([
      [eva, { how: 'deleted' }],
      [jan, { how: 'deleted' }],
      [anna, { how: 'deleted' }],
    ]);
    const resumed = await readAll(await session(), { behind: records[1]?.cursor });
    expect(resumed.map(({ id }) => id)).toContain(anna);
  });

  it('gives the company and the owner of a contact as nested fields, each looked up once', async () => {
    await start();
    const company = sandbox.addCompany({ name: 'Firma', city: 'Brno' });
    const owner = sandbox.addOwner({ email: 'jana@example.com', firstName: 'Jana' });
    for (let count = 0; count < 150; count += 1) {
      sandbox.put({ firstname: 'Anna', associatedcompanyid: company, hubspot_owner_id: owner });
    }
    sandbox.put({ firstname: 'Nobody' });
    const records = await readAll(await session({ fields: ['firstname', 'company.name', 'owner.email'] }));
    expect(records[0]?.fields).toEqual({
      firstname: 'Anna',
      company: { name: 'Firma' },
      owner: { email: 'jana@example.com' },
    });
    expect(records.at(-1)?.fields).toEqual({ firstname: 'Nobody', company: null, owner: null });
    expect(sandbox.requests.filter(({ kind }) => kind === 'companies' || kind === 'owners')).toHaveLength(2);
  });

  it('keeps the text on the contact apart from the name of its company', async () => {
    await start();
    const company = sandbox.addCompany({ name: 'Firma' });
    sandbox.put({ company: 'as typed', associatedcompanyid: company });
    const [record] = await readAll(await session({ fields: ['company', 'company.name'] }));
    expect(record?.fields).toEqual({ company: 'as typed', 'company.name': 'Firma' });
  });

  it('gives the living members of a list only, all of them each time', async () => {
    await start();
    const ids = Array.from({ length: 620 }, (_, index) => sandbox.put({ firstname: `Anna ${index}` }));
    const members = ids.slice(10, 600);
    const options = { list: sandbox.addList(members) };
    sandbox.remove(members[3] ?? '');
    const records = await readAll(await session({ options }));
    const living = members.filter((id) => id !== members[3]);
    expect(records.filter(({ gone }) => gone === undefined).map(({ id }) => id)).toEqual(living);
    expect((await readAll(await session({ options }), since(records))).map(({ id }) => id)).toEqual(living);
    const resumed = await readAll(await session({ options }), { behind: records[400]?.cursor });
    expect(resumed.map(({ id }) => id)).toEqual(expect.arrayContaining(living.slice(401)));
  });

  it('tells of archived and merged members of a list, however it was interrupted', async () => {
    await start();
    const [anna = '', jan = '', eva = '', zoe = ''] = ['Anna', 'Jan', 'Eva', 'Zoe'].map((firstname) =>
      sandbox.put({ firstname }),
    );
    const options = { list: sandbox.addList([anna, jan, eva, zoe]) };
    const first = await readAll(await session({ options }));
    sandbox.remove(anna);
    sandbox.merge(jan, eva);
    const ends = [
      [jan, { how: 'merged', into: eva }],
      [anna, { how: 'deleted' }],
    ];
    const full = await readAll(await session({ options }), { again: first.at(-1)?.cursor });
    expect(full.flatMap(({ id, gone }) => (gone === undefined ? [] : [[id, gone]]))).toEqual(ends);
    for (const { cursor } of full.slice(0, -1)) {
      const resumed = await readAll(await session({ options }), { behind: cursor });
      expect(resumed.at(-1)).toMatchObject({ id: anna, gone: { how: 'deleted' } });
    }
    const changes = await readAll(await session({ options }), since(full));
    expect(changes.map(({ id }) => id)).toEqual([eva, jan, zoe]);
  });

  it('reads everything when the list of the connection was taken away', async () => {
    await start();
    const ids = ['Anna', 'Jan'].map((firstname) => sandbox.put({ firstname }));
    const members = await readAll(await session({ options: { list: sandbox.addList(ids.slice(0, 1)) } }));
    expect(await readAll(await session(), since(members))).toHaveLength(2);
  });
});

describe('a reading of what changed in HubSpot', () => {
  it('gives what was changed or made since, and nothing else', async () => {
    await start();
    const ids = ['Anna', 'Jan', 'Eva'].map((firstname) => sandbox.put({ firstname }));
    clock.pass(HOUR);
    const all = await readAll(await session());
    clock.pass(HOUR);
    sandbox.edit(ids[1] ?? '', { firstname: 'Jana' });
    const made = sandbox.put({ firstname: 'Zoe' });
    const changed = await readAll(await session(), since(all));
    expect(changed.map(({ id, fields }) => [id, fields['firstname']])).toEqual([
      [ids[1], 'Jana'],
      [made, 'Zoe'],
    ]);
  });

  it('finds what the search did not show yet when the last reading passed it', async () => {
    await start({ searchDelay: 120_000 });
    const id = sandbox.put({ firstname: 'Anna' });
    const all = await readAll(await session());
    clock.pass(HOUR);
    sandbox.edit(id, { firstname: 'early' });
    clock.pass(180_000);
    const late = sandbox.put({ firstname: 'late' });
    const first = await readAll(await session(), since(all));
    expect(first.map((record) => record.id)).toEqual([id]);
    clock.pass(240_000);
    const second = await readAll(await session(), since(first));
    expect(second.map((record) => record.id)).toEqual([id, late]);
  });

  it('loses nobody when a contact is changed while it reads', async () => {
    await start();
    const all = await anHourAgo();
    const ids = Array.from({ length: 900 }, () => {
      clock.pass(1);
      return sandbox.put({ firstname: 'Anna' });
    });
    clock.pass(HOUR);
    const records = await readAll(await session(), since(all), (_record, index) => {
      if (index === 150) for (const id of ids.slice(0, 40)) sandbox.edit(id, { firstname: 'moved' });
      if (index === 450) for (const id of ids.slice(300, 320)) sandbox.remove(id);
    });
    const gone = new Set(ids.slice(300, 320));
    const found = new Set(records.map(({ id }) => id));
    expect(ids.filter((id) => !found.has(id) && !gone.has(id))).toEqual([]);
  });

  it.each([
    ['numeric', false],
    ['numeric', true],
    ['lexicographic', false],
    ['lexicographic', true],
  ] as const)('finds 25,000 contacts, 12,000 of one moment, ids %s, short pages %s', async (idOrder, shortPages) => {
    await start({ idOrder, shortPages });
    const all = await anHourAgo();
    const ids = Array.from({ length: 25_000 }, (_, index) => {
      if (index < 8_000 || index >= 20_000) clock.pass(index % 3);
      return sandbox.put({ firstname: 'Anna' });
    });
    clock.pass(HOUR);
    const calls = sandbox.requests.length;
    const records = await readAll(await session(), since(all));
    expect(records.map(({ id }) => id).sort()).toEqual(ids.sort());
    const used = sandbox.requests.length - calls;
    if (!shortPages) expect(used).toBeLessThanOrEqual(125 + 10);
  });

  it('goes on inside one moment of many contacts, in either order of ids', async () => {
    await start({ idOrder: 'lexicographic' });
    const all = await anHourAgo();
    const ids = Array.from({ length: 10_400 }, () => sandbox.put({ firstname: 'Anna' }));
    clock.pass(HOUR);
    const records = await readAll(await session(), since(all));
    for (const index of [100, 5_000, 10_300]) {
      const resumed = await readAll(await session(), { behind: records[index]?.cursor });
      const found = new Set([...records.slice(0, index + 1), ...resumed].map(({ id }) => id));
      expect(found.size).toBe(ids.length);
    }
  });

  it('reads what changed last not again for ever, when nothing else does', async () => {
    await start();
    let before = since(await anHourAgo());
    sandbox.put({ firstname: 'Jan' });
    const numbers: number[] = [];
    for (let day = 0; day < 4; day += 1) {
      clock.pass(23 * HOUR);
      const records = await readAll(await session(), before);
      if (records.length > 0) before = since(records);
      numbers.push(records.length);
    }
    expect(numbers).toEqual([1, 1, 0, 0]);
    sandbox.put({ firstname: 'Eva' });
    clock.pass(HOUR);
    expect(await readAll(await session(), before)).toHaveLength(1);
  });

  it('gives a merged contact again behind the cursor of its survivor', async () => {
    await start();
    const [loser = '', survivor = ''] = ['Jan', 'Anna'].map((firstname) => sandbox.put({ firstname }));
    sandbox.merge(loser, survivor);
    const records = await readAll(await session());
    expect(records.map(({ id }) => id)).toEqual([survivor, loser]);
    const resumed = await readAll(await session(), { behind: records[0]?.cursor });
    expect(resumed.map(({ id }) => id)).toContain(loser);
  });
});

describe('a search of very many properties', () => {
  const names = Array.from({ length: 24 }, (_, n) => `property_${n}_`.padEnd(100, 'x'));
  const fieldsWith = (length: number): readonly string[] => [...names, 'x'.repeat(length)];

  async function sessionOf(fields: readonly string[]): Promise<OpenSession> {
    for (const field of fields) sandbox.addProperty(field, 'string');
    return session({ fields });
  }

  it('is made when it is as long as HubSpot takes, also inside one moment; one character more is not read at all', async () => {
    await start();
    const [finding] = await (await sessionOf(fieldsWith(500))).check();
    const over = Number(/, (\d+) more/.exec(finding?.message ?? '')?.[1]);
    const [anna, jan] = ['Anna', 'Jan'].map((firstname) => sandbox.put({ firstname }));
    const at = clock.now().getTime();
    clock.pass(HOUR);
    const behind = { phase: 'search', began: clock.now().getTime(), at, id: anna };
    const longest = await sessionOf(fieldsWith(500 - over));
    expect((await readAll(longest, { behind })).map(({ id }) => id)).toEqual([jan]);
    const tooLong = readAll(await sessionOf(fieldsWith(501 - over)));
    await expect(tooLong).rejects.toMatchObject({ name: 'FatalError', code: 'search_too_long' });
    await expect(tooLong).rejects.toThrow('3001 characters, 1 more than');
  });
});

it('a portal that is not the one of the connection is not read, and both are named', async () => {
  await start({ portalId: 777 });
  const refusal = { code: 'other_portal', fix: expect.stringContaining('for portal 777') as string };
  const reading = readAll(await session({ org: '4242' }));
  await expect(reading).rejects.toThrow('belongs to HubSpot portal 777, but this connection was read from portal 4242');
  await expect(reading).rejects.toMatchObject(refusal);
});
