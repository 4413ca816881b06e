import type { Database } from '@cloudtalk-sync/store';
import type { SyncConnection } from '@cloudtalk-sync/sync';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../apps/sandbox/src/hubspot/server.js';
import { hubspot } from '../../libs/connectors/src/hubspot/hubspot.js';
import { phoneOf } from '../builders/csv.js';
import { emptyDatabase, forEachDatabase } from '../support/databases.js';
import { Workshop } from '../support/workshop.js';

const REPORT = { status: 'ct_status', contactId: 'ct_id' };

/** HubSpot merges two contacts into a new one, which names both in no order that says whose values it has. */
forEachDatabase((openFresh) => {
  let database: Database;
  let crm: HubSpotSandbox;
  let shop: Workshop;

  beforeAll(async () => {
    database = await openFresh();
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    crm = await startHubSpotSandbox();
    for (const name of Object.values(REPORT)) crm.addProperty(name, 'string');
  });
  afterEach(async () => {
    await shop.close();
    await crm.close();
    expect(shop.errors).toEqual([]);
  });

  async function open(connection: Partial<SyncConnection>): Promise<void> {
    const options = hubspot.optionsSchema.parse({ accessToken: 'sandbox-token', basePath: crm.url });
    const mapping = { name: 'firstname', phone: 'phone' };
    shop = await Workshop.open(database, {
      connection: { connector: hubspot, options, mapping, report: REPORT, ...connection },
    });
  }

  const person = (firstname: string, number: number): string => crm.put({ firstname, phone: phoneOf(number) });
  const names = () => shop.sandbox.contacts().map(({ name }) => name);
  const idOf = (name: string) => shop.sandbox.contacts().find((contact) => contact.name === name)?.id ?? 0;
  const told = () => crm.records().map(({ id, properties }) => [id, properties['ct_status'], properties['ct_id']]);
  const updates = () => crm.requests.filter(({ kind }) => kind === 'batch update').length;

  /** Returns the id of the new record, out of which what the primary was told is cleared. */
  function mergeUntold(primary: string, secondary: string): string {
    const merged = crm.mergeAnew(primary, secondary);
    crm.edit(merged, { ct_status: '', ct_id: '' });
    return merged;
  }

  async function pass() {
    const [run] = await shop.import();
    if (!run) throw new Error('The pass made no run.');
    const reasons = (await shop.operator.rows(run.id, 100)).map(({ reason }) => reason);
    return { ...run, reasons };
  }

  /** The next import finds nothing to do. */
  async function expectRest(): Promise<void> {
    const before = [shop.sandbox.operations.length, updates()];
    expect(await pass()).toMatchObject({ status: 'completed', totals: { created: 0, updated: 0, removed: 0 } });
    expect([shop.sandbox.operations.length, updates()]).toEqual(before);
  }

  describe.each([
    ['the secondary', 'Ben', 'Ann'],
    ['the primary', 'Ann', 'Ben'],
  ])('two records merged into a new one that names %s first', (_which, first, second) => {
    async function importAndMerge(onMerge: SyncConnection['onMerge'], more: Partial<SyncConnection> = {}) {
      const records = new Map([first, second].map((name, index) => [name, person(name, index)]));
      await open({ onMerge, ...more });
      await pass();
      const [ann, ben] = [idOf('Ann'), idOf('Ben')];
      return { ann, ben, merged: mergeUntold(records.get('Ann') ?? '', records.get('Ben') ?? '') };
    }

    it('go on as the contact of the primary, while the other one stays, which is said', async () => {
      const { ann, ben, merged } = await importAndMerge('relink');
      const { reasons, totals } = await pass();
      expect(totals).toMatchObject({ created: 0, skipped: 2 });
      expect(reasons).toContain(
        `Merged into the record ${merged}, whose contact is ${ann}; contact ${ben} is a second one and stays, as onMerge: relink says.`,
      );
      expect(names().toSorted()).toEqual(['Ann', 'Ben']);
      expect(told()).toEqual([[merged, 'imported', String(ann)]]);
      await expectRest();
    });

    it.each(['private_mail', 'opted_out'])(
      'go on as the contact of the primary, also where the new one does not go in at first for its %s',
      async (property) => {
        for (const name of ['private_mail', 'opted_out']) crm.addProperty(name, 'string');
        const { ann, merged } = await importAndMerge('delete second', {
          mapping: { name: 'firstname', phone: 'phone', email: 'private_mail' },
          doNotCall: { fields: ['opted_out'], then: 'skip' },
        });
        crm.edit(merged, { [property]: 'yes' });
        expect((await pass()).totals).toMatchObject({
          created: 0,
          removed: 1,
          skipped: property === 'opted_out' ? 2 : 1,
        });
        crm.edit(merged, { [property]: '' });
        await pass();
        expect(shop.sandbox.contacts().map(({ id, phones }) => [id, phones])).toEqual([
          [ann, [phoneOf(first === 'Ann' ? 0 : 1)]],
        ]);
        expect(told()).toEqual([[merged, 'imported', String(ann)]]);
        await expectRest();
      },
    );

    it('go on as the contact of the primary, and the other one is deleted', async () => {
      const { ann, merged } = await importAndMerge('delete second');
      expect((await pass()).totals).toMatchObject({ created: 0, removed: 1, skipped: 1 });
      expect(names()).toEqual(['Ann']);
      expect(told()).toEqual([[merged, 'imported', String(ann)]]);
      await expectRest();
    });
  });

  it.each([
    ['all before the next import', false],
    ['with an import after each', true],
  ])(
    'three merges in a row, each into a new record, leave the contact of the first primary: %s',
    async (_when, between) => {
      const [ben = '', ann = '', cat = '', dan = ''] = ['Ben', 'Ann', 'Cat', 'Dan'].map(person);
      await open({ onMerge: 'delete second' });
      await pass();
      const kept = idOf('Ann');
      let merged = ann;
      for (const other of [ben, cat, dan]) {
        merged = mergeUntold(merged, other);
        if (between) await pass();
      }
      await pass();
      expect(names()).toEqual(['Ann']);
      expect(told()).toEqual([[merged, 'imported', String(kept)]]);
      await expectRest();
    },
  );
});
