import { beforeAll, beforeEach, expect, it } from 'vitest';
import { emptyDatabase, forEachDatabase } from '../../../test/support/databases.js';
import { type Database, type Identity, Store } from './index.js';

const FIRST = new Date('2026-11-22T02:00:00Z');
const SECOND = new Date('2026-11-22T03:00:00Z');
const PHONE: Identity = { kind: 'phone', value: '+421905000001' };
const OTHER: Identity = { kind: 'phone', value: '+421905000002' };
const EMAIL: Identity = { kind: 'email', value: 'a@example.com' };

forEachDatabase((openFresh) => {
  let database: Database;
  let store: Store;

  beforeAll(async () => {
    database = await openFresh();
    store = new Store(database.dataSource.manager);
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    await store.accounts.register('default', [{ id: 'drop', connector: 'folder' }]);
  });

  const find = async (...identities: readonly Identity[]): Promise<Record<string, number>> =>
    Object.fromEntries(await store.directory.find('default', identities));
  const see = (contactId: number, identities: readonly Identity[], at = FIRST): Promise<void> =>
    store.directory.see(
      'default',
      identities.map((identity) => ({ ...identity, contactId })),
      at,
    );

  it('knows the contact of each number and e-mail, and of no other kind or value', async () => {
    await see(5, [PHONE, EMAIL]);
    expect(await find(PHONE, EMAIL, OTHER, { kind: 'email', value: PHONE.value })).toEqual({
      'phone:+421905000001': 5,
      'email:a@example.com': 5,
    });
    expect(await store.directory.find('other', [PHONE])).toEqual(new Map());
  });

  it('names the lowest of several contacts, but rather one that a record is linked to', async () => {
    for (const id of [9, 10, 11]) await see(id, [PHONE]);
    expect(await find(PHONE)).toEqual({ 'phone:+421905000001': 9 });
    const link = { accountId: 'default', connectionId: 'drop', key: 'id:A', accepted: {}, fingerprint: 'f' };
    await store.links.accept([{ ...link, contactId: 11 }], FIRST);
    expect(await find(PHONE)).toEqual({ 'phone:+421905000001': 11 });
  });

  it('forgets after a whole reading what the account no longer has', async () => {
    await see(5, [PHONE]);
    await see(6, [OTHER]);
    await see(6, [OTHER], SECOND);
    await store.directory.endReading('default', SECOND);
    expect(await find(PHONE, OTHER)).toEqual({ 'phone:+421905000002': 6 });
    expect((await store.accounts.find('default'))?.directoryReadAt).toEqual(SECOND);
  });

  it('keeps the further numbers of a contact whose first one alone is listed', async () => {
    await see(5, [PHONE, OTHER, EMAIL]);
    await see(5, [PHONE], SECOND);
    await store.directory.endReading('default', SECOND);
    expect(await find(OTHER, EMAIL)).toEqual({ 'phone:+421905000002': 5, 'email:a@example.com': 5 });
  });

  it('keeps for one identity only what a live search has shown', async () => {
    await see(5, [PHONE, OTHER]);
    await store.directory.keepOnly('default', PHONE, [7, 8], SECOND);
    expect(await find(PHONE, OTHER)).toEqual({ 'phone:+421905000001': 7, 'phone:+421905000002': 5 });
    await store.directory.keepOnly('default', PHONE, [], SECOND);
    expect(await find(PHONE)).toEqual({});
  });

  it('takes the same entry twice at once', async () => {
    await see(5, [PHONE, PHONE]);
    expect(await store.directory.known('default', [5, 6])).toEqual(new Set([5]));
  });
});
