import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import type { OnDelete } from '@cloudtalk-sync/mapping';
import type { SyncConnection } from '@cloudtalk-sync/sync';
import { beforeEach, describe, expect, it } from 'vitest';
import { endedText, runText } from '../../apps/cli/src/run-text.js';
import { phoneOf } from '../builders/csv.js';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

const REPORT = { status: 'Status', code: 'Code', message: 'Message', contactId: 'Contact' };
const MANAGED_TAGS = {
  numbers: 'union',
  emails: 'union',
  tags: { managed: 'crm-' },
  attributes: 'managed',
} as const;
const REPLACED_TAGS = { numbers: 'union', emails: 'union', tags: 'replace', attributes: 'managed' } as const;

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
  });

  const contacts = () => shop.workshop.sandbox.contacts();
  const sent = (): number => shop.workshop.sandbox.operations.filter(({ commands }) => commands > 0).length;
  const idOf = (name: string): number => contacts().find((contact) => contact.name === name)?.id ?? 0;
  const reasons = async (id: string): Promise<readonly (string | null)[]> =>
    (await shop.workshop.operator.rows(id, 100)).map(({ reason }) => reason);

  describe('outcomes on the records', () => {
    beforeEach(async () => {
      shop.crm.writesBack = true;
      await shop.restart({ report: REPORT });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: '12' });
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
    });
    const told = () => shop.crm.written.splice(0).map(({ recordId, status, code }) => [recordId, status, code]);

    it('are written again when an answer was lost and nobody knows what the record holds', async () => {
      await shop.pass();
      const before = told();
      shop.crm.put('A', { Name: 'Ann', Phone: '12' });
      shop.crm.lostAnswer = new FatalError({ code: 'lost', message: 'The answer was lost.', fix: 'None.' });
      expect((await shop.pass()).writeBack).toMatchObject({ written: 0, failed: 1 });
      expect(told()).toEqual([['A', 'failed', 'phone_too_short']]);
      shop.crm.lostAnswer = undefined;
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      expect((await shop.pass()).writeBack).toMatchObject({ written: 1, failed: 0 });
      expect(told()).toEqual(before.filter(([id]) => id === 'A'));
      expect((await shop.pass()).writeBack ?? { written: 0 }).toMatchObject({ written: 0 });
    });

    it('are not written again when a record refused another one and is as it was told before', async () => {
      await shop.pass();
      told();
      shop.crm.locked.add('A');
      shop.crm.put('A', { Name: 'Ann', Phone: '12' });
      expect((await shop.pass()).writeBack).toMatchObject({ written: 0, failed: 1 });
      shop.crm.locked.clear();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(told()).toEqual([]);
    });

    it('are not written onto a record that ends in the pass that reads it', async () => {
      await shop.pass();
      told();
      shop.crm.put('D', { Name: 'Dan', Phone: phoneOf(4) });
      shop.crm.end('D', { how: 'deleted' });
      shop.crm.locked.add('D');
      for (let pass = 0; pass < 2; pass += 1) {
        expect((await shop.pass()).writeBack ?? { failed: 0 }).toMatchObject({ failed: 0 });
      }
      expect(told()).toEqual([]);
    });

    it('are written once, and again only when they change', async () => {
      expect((await shop.pass()).writeBack).toEqual({ written: 3, failed: 0, causes: [] });
      expect(shop.crm.written.find(({ recordId }) => recordId === 'A')).toMatchObject({
        status: 'imported',
        contactId: String(idOf('Ann')),
        message: '',
      });
      expect(shop.crm.written.find(({ recordId }) => recordId === 'B')?.message).toMatch(/\w+ \w+/);
      expect(told()).toEqual([
        ['A', 'imported', ''],
        ['B', 'failed', 'phone_too_short'],
        ['C', 'imported', ''],
      ]);
      for (const [id, name, phone] of [
        ['A', 'Ann', phoneOf(1)],
        ['B', 'Ben', '12'],
        ['C', 'Catherine', phoneOf(3)],
      ] as const) {
        shop.crm.put(id, { Name: name, Phone: phone, Touched: 'by our own write' });
      }
      const before = sent();
      expect(await shop.pass()).toMatchObject({
        totals: { unchanged: 1, failed: 1, updated: 1 },
        writeBack: { written: 0 },
      });
      expect(sent()).toBe(before + 1);
      expect(told()).toEqual([]);
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      await shop.pass();
      expect(told()).toEqual([['B', 'imported', '']]);
    });

    it('that a record does not take fail nothing, are named, and are tried again by the next import', async () => {
      shop.crm.locked.add('A');
      const run = await shop.pass();
      expect(run).toMatchObject({
        status: 'completed with failures',
        writeBack: { written: 2, failed: 1, causes: [{ code: 'LOCKED', count: 1, example: 'A', fix: 'Unlock it.' }] },
      });
      told();
      await shop.pass();
      expect(told()).toEqual([]);
      shop.crm.locked.clear();
      expect(await shop.pass()).toMatchObject({ rows: 0, writeBack: { written: 1, failed: 0 } });
      expect(told()).toEqual([['A', 'imported', '']]);
    });

    it('of a record that is no more are said once, and told to it when it is there again', async () => {
      shop.crm.missing.add('A');
      expect(await shop.pass()).toMatchObject({
        status: 'completed with failures',
        writeBack: { written: 2, failed: 1, causes: [{ code: 'MISSING', count: 1, example: 'A' }] },
      });
      told();
      shop.crm.missing.clear();
      expect(await shop.pass()).toMatchObject({ rows: 0, writeBack: { written: 0, failed: 0 } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 }, writeBack: { written: 1, failed: 0 } });
      expect(told()).toEqual([['A', 'imported', '']]);
    });

    it('wait for a source that is out of reach, but not for ever', async () => {
      shop.crm.writeTrouble = new RetryableError(
        { code: 'away', message: 'It is away.', fix: 'Wait.' },
        { retryAt: new Date(Date.now() + 3_600_000) },
      );
      expect(await shop.pass()).toMatchObject({
        status: 'completed with failures',
        totals: { created: 2, failed: 1 },
        writeBack: { written: 0, failed: 3, causes: [{ code: 'away', count: 3 }] },
      });
      shop.crm.writeTrouble = undefined;
      expect(await shop.pass()).toMatchObject({ writeBack: { written: 3, failed: 0 } });
    });

    it('are written into another field as soon as one is named', async () => {
      await shop.pass();
      told();
      await shop.restart({ report: { ...REPORT, time: 'Synced' } });
      await shop.pass();
      expect(told()).toHaveLength(3);
      await shop.pass();
      expect(told()).toEqual([]);
    });
  });

  describe('a record that is no more', () => {
    beforeEach(async () => {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
    });

    it('leaves its contact, and is said once', async () => {
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      shop.crm.end('X', { how: 'deleted' });
      const run = await shop.pass();
      expect(run).toMatchObject({ status: 'completed', rows: 1, totals: { skipped: 1 } });
      expect(await reasons(run.id)).toEqual([
        `Deleted in the source; its contact ${idOf('Ann')} stays, as onDelete: keep says.`,
      ]);
      shop.crm.end('A', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ rows: 0 });
      expect(contacts()).toHaveLength(2);
    });

    it('takes its contact with it where the policy says so, also in the run that brought it', async () => {
      await shop.restart({ onDelete: 'delete' });
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3) });
      shop.crm.end('C', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { created: 3, removed: 1 } });
      shop.crm.end('A', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 1 } });
      expect(contacts().map(({ name }) => name)).toEqual(['Ben']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
      expect(contacts().map(({ name }) => name)).toEqual(['Ben', 'Ann']);
    });

    it('leaves a contact for which another record stands, whatever the policy', async () => {
      await shop.restart({ onDelete: 'delete' });
      shop.crm.put('A2', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      const run = await shop.pass();
      expect(run).toMatchObject({ totals: { skipped: 1 } });
      expect((await reasons(run.id))[0]).toContain('because another record stands for it');
      expect(contacts()).toHaveLength(2);
    });

    it.each([
      ['is refused', { Phone: '12' }],
      ['must not be called', { Phone: phoneOf(1), NoCall: true }],
    ])('keeps the contact of another record that ends when it is back and %s', async (_what, fields) => {
      await shop.restart({ onDelete: 'delete', doNotCall: { fields: ['NoCall'], then: 'skip' } });
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', ...fields });
      await shop.pass();
      shop.crm.end('C', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { skipped: 1, removed: 0 } });
      expect(contacts().map(({ name }) => name)).toEqual(['Ann', 'Ben']);
    });

    it('has its contact tagged, and untagged when it comes back', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.workshop.sandbox.edit(idOf('Ann'), { ContactsTag: [{ name: 'vip' }] });
      shop.crm.end('A', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
      expect(contacts()[0]?.tags).toEqual(['vip', 'left']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com' });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
      expect(contacts()[0]?.tags).toEqual(['vip']);
    });

    it.each<readonly [string, Parameters<CrmWorkshop['restart']>[0]]>([
      ['where the policy is another one by then', { onDelete: 'keep' }],
      ['where tags are replaced', { onDelete: { tag: 'left' }, lists: REPLACED_TAGS }],
      ['where it must not be called', { onDelete: { tag: 'left' }, doNotCall: { fields: ['NoCall'], then: 'untag' } }],
    ])('is untagged when it comes back also %s', async (_when, settings) => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      expect(contacts()[0]?.tags).toEqual(['left']);
      await shop.restart(settings);
      shop.crm.erase('A');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com', NoCall: true });
      await shop.pass();
      expect(contacts().map(({ tags }) => tags)).toEqual([[], []]);
    });

    it.each<readonly [string, OnDelete]>([
      ['untagged', { tag: 'left' }],
      ['there', 'delete'],
    ])('is %s when the pass that reads its end reads it alive before and after', async (_what, onDelete) => {
      await shop.restart({ onDelete });
      for (const title of ['', 'Boss']) {
        shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: title });
        shop.crm.end('A', { how: 'deleted' });
      }
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Head' });
      const run = await shop.pass();
      expect(run).toMatchObject({ totals: { created: 2, merged: 3, skipped: 2, removed: 0, updated: 0 } });
      expect(await reasons(run.id)).toContain('It was no more in the source, and was back before all of it was read.');
      expect(contacts().map(({ name, tags, title }) => [name, title, ...tags])).toContainEqual(['Ann', 'Head']);
    });

    it('is untagged when it comes back in one pass with another record of its contact', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(contacts()[0]?.tags).toEqual(['left']);
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(1), Title: 'Boss' });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(contacts()).toMatchObject([{ name: 'Ann', title: 'Boss', tags: [] }, { name: 'Ben' }]);
    });

    it('has the tags that it brings when it comes back, by the policy and the mapping of its tags', async () => {
      const clearing = { ...CRM_MAPPING, tags: [{ from: 'Campaign', clear: true as const }] };
      await shop.restart({ mapping: clearing, onDelete: { tag: 'left' }, lists: MANAGED_TAGS });
      for (const id of ['A', 'B']) {
        shop.crm.put(id, { Name: id, Phone: phoneOf(id === 'A' ? 1 : 2), Campaign: 'crm-a' });
        await shop.pass();
        shop.crm.end(id, { how: 'deleted' });
      }
      await shop.pass();
      expect(contacts().map(({ tags }) => tags)).toEqual([
        ['crm-a', 'left'],
        ['crm-a', 'left'],
      ]);
      shop.crm.put('A', { Name: 'A', Phone: phoneOf(1), Campaign: 'crm-b' });
      shop.crm.put('B', { Name: 'B', Phone: phoneOf(2), Campaign: '' });
      await shop.pass();
      expect(contacts().map(({ tags }) => tags)).toEqual([['crm-b'], []]);
    });

    it('is untagged when it comes back also where an agent had merged its contact before its end', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.workshop.sandbox.remove(idOf('Ann'));
      const merged = shop.workshop.sandbox.add({ name: 'Ann', ContactNumber: [{ public_number: phoneOf(1) }] });
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      const tags = () => contacts().find(({ id }) => id === merged)?.tags;
      expect(tags()).toEqual(['left']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      await shop.pass();
      expect(tags()).toEqual([]);
    });

    it('leaves the tag of an agent alone that has the same name', async () => {
      await shop.restart({ onDelete: { tag: 'left' } });
      await shop.pass();
      shop.workshop.sandbox.edit(idOf('Ann'), { ContactsTag: [{ name: 'left' }] });
      shop.crm.end('A', { how: 'deleted' });
      expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'Boss' });
      await shop.pass();
      expect(contacts()[0]).toMatchObject({ title: 'Boss', tags: ['left'] });
    });

    it('says that its contact was gone before, as an agent may have merged it, where it was to be deleted', async () => {
      await shop.restart({ onDelete: 'delete' });
      await shop.pass();
      shop.workshop.sandbox.remove(idOf('Ann'));
      shop.crm.end('A', { how: 'deleted' });
      const run = await shop.pass();
      expect(run).toMatchObject({ totals: { removed: 1 } });
      expect((await reasons(run.id))[0]).toContain('or merged into another one, which stays');
    });

    it('keeps the tag when it comes back where the source says that tag itself', async () => {
      const mapping = { ...CRM_MAPPING, tags: 'Campaign' };
      await shop.restart({ mapping, onDelete: { tag: 'left' } });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'left' });
      await shop.pass();
      expect(contacts()[0]?.tags).toEqual(['left']);
    });

    it('that was merged hands its contact down to a record that has none', async () => {
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'M' });
      shop.crm.end('M', { how: 'merged', into: 'N' });
      shop.crm.put('N', { Name: 'Ann New', Phone: phoneOf(9) });
      expect(await shop.pass()).toMatchObject({ totals: { created: 0, updated: 1 } });
      expect(contacts()).toMatchObject([{ name: 'Ann New', phones: [phoneOf(1), phoneOf(9)] }, { name: 'Ben' }]);
    });

    it('that was merged into one with a contact keeps the second one and says so', async () => {
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      const run = await shop.pass();
      expect((await reasons(run.id))[0]).toContain(`contact ${idOf('Ann')} is a second one and stays`);
      expect(contacts()).toHaveLength(2);
    });

    it('is shown with the reason, as are others for the same one, with their number', async () => {
      for (const number of [3, 4, 5]) shop.crm.put(`C${number}`, { Name: `Cat ${number}`, Phone: phoneOf(number) });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      for (const number of [3, 4, 5]) shop.crm.end(`C${number}`, { how: 'deleted' });
      const run = await shop.pass();
      const causes = await shop.workshop.operator.causes(run.id);
      expect(causes.skipped).toMatchObject([
        { rows: 3, firstRecord: 'C3' },
        { rows: 1, firstRecord: 'A' },
      ]);
      const text = runText(run, [], causes);
      expect(text).toContain(`3 × first record C3: Deleted in the source; its contact ${idOf('Cat 3')} stays, as`);
      expect(text).toContain(`1 × record A: Merged into the record B, whose contact is ${idOf('Ben')}; contact`);
      expect(await endedText(shop.workshop.operator, [run])).toContain('3 × first record C3: Deleted');
    });

    it('that was merged into one with a contact loses the second one where the policy says so', async () => {
      await shop.restart({ onMerge: 'delete second' });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 1 } });
      expect(contacts().map(({ name }) => name)).toEqual(['Ben']);
    });

    it('whose deletion got no answer is looked up, and is gone once', async () => {
      await shop.restart({ onDelete: 'delete' });
      await shop.pass();
      shop.crm.end('A', { how: 'deleted' });
      shop.crm.end('B', { how: 'deleted' });
      shop.workshop.sandbox.fault({ kind: 'drop', match: 'bulk', when: 'after' });
      expect(await shop.pass()).toMatchObject({ totals: { removed: 2 } });
      expect(contacts()).toEqual([]);
    });
  });

  it('two records of a contact that change in one pass leave there what they say, whatever was accepted last', async () => {
    shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Title: 'x' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'x' });
    await shop.pass();
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'y' });
    await shop.pass();
    expect(contacts()).toMatchObject([{ title: 'y' }]);
    shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Title: 'x', Mail: 'ann@example.com' });
    shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Title: 'x' });
    await shop.pass();
    expect(contacts()).toMatchObject([{ title: 'x', emails: ['ann@example.com'] }]);
  });

  describe('a record that comes back after it was merged', () => {
    beforeEach(async () => {
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      await shop.pass();
      shop.crm.end('A', { how: 'merged', into: 'B' });
      await shop.pass();
    });
    const known = () => contacts().map(({ name, phones }) => [name, ...phones]);

    it('has the contact of its number again, and leaves that of the other record alone', async () => {
      const ann = idOf('Ann');
      shop.crm.put('A', { Name: 'Anna', Phone: phoneOf(1), Title: 'Boss' });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
      expect(known()).toEqual([
        ['Anna', phoneOf(1)],
        ['Ben', phoneOf(2)],
      ]);
      shop.crm.put('A', { Name: 'Anna', Phone: phoneOf(7) });
      await shop.pass();
      expect(contacts()[0]).toMatchObject({ id: ann, phones: [phoneOf(1), phoneOf(7)] });
    });

    it('gets a new contact where no contact has its number or e-mail', async () => {
      shop.workshop.sandbox.edit(idOf('Ann'), { ContactNumber: [{ public_number: 421901000005 }] });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(8) });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
      expect(known()).toContainEqual(['Ben', phoneOf(2)]);
      expect(known()).toContainEqual(['Ann', phoneOf(8)]);
    });
  });

  describe('a person who must not be called', () => {
    const mapping = { ...CRM_MAPPING, tags: [{ value: 'crm' }, 'Campaign'] };

    it('is not pushed, with the reason, and is pushed when that ends', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['OptOut', 'NoCall'], then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), NoCall: false, OptOut: 'no' });
      const run = await shop.pass();
      expect(run).toMatchObject({ status: 'completed', totals: { created: 1, skipped: 1 } });
      expect((await reasons(run.id))[0]).toBe('Not to be called: NoCall is set. Nothing was sent.');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: false });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1 } });
    });

    it('loses the campaign tags that it was given before, and keeps all others', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      const [ann] = contacts();
      shop.workshop.sandbox.edit(ann?.id ?? 0, {
        ContactsTag: [...(ann?.tags ?? []), 'vip'].map((name) => ({ name })),
      });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', NoCall: true });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1 } });
      expect(contacts()[0]?.tags).toEqual(['vip']);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', NoCall: true, Other: 1 });
      expect(await shop.pass()).toMatchObject({ totals: { unchanged: 1 }, operations: 0 });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      expect(contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring', 'vip']);
    });

    it('gives the tags back to another record of its contact when it ends, with the next reading of everything', async () => {
      const settings: Partial<SyncConnection> = { mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } };
      await shop.restart(settings);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: false });
      await shop.pass();
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Mail: 'ann@example.com', Campaign: 'spring' });
      await shop.pass();
      for (const Mail of ['ann@example.com', '']) {
        shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(2), Mail });
        await shop.pass();
      }
      expect(contacts()).toMatchObject([{ tags: ['crm', 'spring'] }]);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      await shop.pass();
      expect(contacts()[0]?.tags).toEqual(['spring']);
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.erase('A');
      shop.crm.erase('C');
      shop.crm.put('C', { Name: 'Ann', Phone: phoneOf(2) });
      await shop.restart({ ...settings, mapping: { ...mapping, company: 'Company' } });
      expect(await shop.pass()).toMatchObject({ totals: { updated: 1, unchanged: 1 } });
      expect(contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
      await shop.restart(settings);
      expect(await shop.pass()).toMatchObject({ totals: { unchanged: 2 }, operations: 0 });
    });

    it('gives the tags of a record that it was once imported with back to that when it may be called again', async () => {
      const settings: Partial<SyncConnection> = { mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } };
      await shop.restart(settings);
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1, merged: 1 } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      await shop.pass();
      expect(contacts()).toMatchObject([{ tags: [] }]);
      shop.crm.erase('A');
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: false });
      for (const field of ['Company', 'Firm']) {
        await shop.restart({ ...settings, mapping: { ...mapping, company: field } });
        await shop.pass();
      }
      expect(contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
    });

    it('gives the tags back to records that were folded in their first import', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag' } });
      shop.crm.put('B', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), NoCall: true });
      expect(await shop.pass()).toMatchObject({ totals: { created: 1, merged: 1 } });
      shop.crm.end('A', { how: 'deleted' });
      await shop.pass();
      shop.crm.erase('A');
      await shop.restart({ mapping: { ...mapping, company: 'Company' } });
      await shop.pass();
      expect(contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
    });

    it('keeps the tags that are no campaign of the list', async () => {
      await shop.restart({ mapping, doNotCall: { fields: ['NoCall'], then: 'untag', campaignTags: ['spr*'] } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring', NoCall: 1 });
      await shop.pass();
      expect(contacts()[0]?.tags).toEqual(['crm']);
    });

    it('is found in a suppression file by number or e-mail, however it is written there', async () => {
      const file = join(shop.workshop.folder, 'suppressed.csv');
      await writeFile(file, '\uFEFFwho;value\nAnn;0901 000 001\nBen;BEN@Example.com\n');
      await shop.restart({ mapping, doNotCall: { file, then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: '+421901000001' });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2), Mail: 'ben@example.com' });
      shop.crm.put('C', { Name: 'Cat', Phone: phoneOf(3), Mail: 'cat@example.com' });
      expect(await shop.pass()).toMatchObject({ totals: { skipped: 2, created: 1 } });
    });

    it('loses the campaign with the next import when a suppression file is changed, and is given it back', async () => {
      const file = join(shop.workshop.folder, 'suppressed.csv');
      await writeFile(file, `${phoneOf(9)}\n`);
      await shop.restart({ mapping, doNotCall: { file, then: 'untag' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1), Campaign: 'spring' });
      await shop.pass();
      expect(contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
      await writeFile(file, `${phoneOf(9)}\n${phoneOf(1)}\n`);
      expect(await shop.pass()).toMatchObject({ rows: 1, totals: { updated: 1 } });
      expect(contacts()[0]?.tags).toEqual([]);
      expect(await shop.pass()).toMatchObject({ rows: 0 });
      await writeFile(file, `${phoneOf(9)}\n`);
      expect(await shop.pass()).toMatchObject({ rows: 1, totals: { updated: 1 } });
      expect(contacts()[0]?.tags.toSorted()).toEqual(['crm', 'spring']);
    });

    it('is told of when a suppression file is changed, and pushed when it is changed back', async () => {
      const file = join(shop.workshop.folder, 'suppressed.csv');
      shop.crm.writesBack = true;
      await writeFile(file, `${phoneOf(2)}\n`);
      await shop.restart({ mapping, report: REPORT, doNotCall: { file, then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      shop.crm.put('B', { Name: 'Ben', Phone: phoneOf(2) });
      await shop.pass();
      expect(contacts().map(({ name }) => name)).toEqual(['Ann']);
      shop.crm.written.splice(0);
      await writeFile(file, `${phoneOf(1)}\n`);
      expect(await shop.pass()).toMatchObject({ rows: 2, totals: { skipped: 1, created: 1 } });
      expect(contacts().map(({ name }) => name)).toEqual(['Ann', 'Ben']);
      expect(shop.crm.written.map(({ recordId, status }) => [recordId, status])).toEqual([
        ['A', 'skipped'],
        ['B', 'imported'],
      ]);
      expect(shop.crm.written[0]?.message).toContain(`stands in ${file}`);
    });

    it('stops the import in front of a suppression file that cannot be read', async () => {
      const file = join(shop.workshop.folder, 'missing.csv');
      await shop.restart({ mapping, doNotCall: { file, then: 'skip' } });
      shop.crm.put('A', { Name: 'Ann', Phone: phoneOf(1) });
      const [id = ''] = await shop.workshop.operator.pass('drop');
      await expect
        .poll(async () => (await shop.workshop.operator.run(id))?.waiting, { timeout: 30_000 })
        .toMatchObject({ code: 'suppression_unreadable', needsPerson: true });
      expect(contacts()).toEqual([]);
      await writeFile(file, 'phone\n+421901000009\n');
    });
  });
});
