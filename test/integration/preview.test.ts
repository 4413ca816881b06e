import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runsTable, runText } from '../../apps/cli/src/run-text.js';
import { contactsCsv, csv } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { useWorkshop, type Workshop } from '../support/workshop.js';

forEachDatabase((openFresh) => {
  let workshop: Workshop;
  useWorkshop(openFresh, {}, (opened) => {
    workshop = opened;
  });

  const CONTENT = csv(
    'name,phone,email,title',
    'John J,+421905000001,new@example.com,Boss',
    'Nobody yet,+421905000002,,',
    'The same,+421905000002,,Chief',
    'Wrong,12,,',
  );

  async function links(): Promise<number> {
    const [row] = await workshop.database.dataSource.query<{ count: string }[]>('SELECT count(*) AS count FROM links');
    return Number(row?.count);
  }

  it('says what would be created, merged, changed and refused, and does none of it', async () => {
    const id = workshop.sandbox.add({
      name: 'John Jones',
      title: 'Clerk',
      ContactNumber: [{ public_number: 421905000001 }],
    });
    const before = JSON.stringify(workshop.sandbox.contacts());
    await workshop.drop('contacts.csv', CONTENT);
    const ids = await workshop.operator.preview('drop');
    const [run] = await workshop.untilEnded(ids);
    expect(run).toMatchObject({
      kind: 'preview',
      status: 'completed with failures',
      totals: { created: 1, updated: 1, merged: 1, failed: 1 },
      reports: [],
    });
    const rows = await workshop.operator.rows(run?.id ?? '', 10);
    expect(rows).toMatchObject([
      {
        outcome: 'updated',
        contactId: id,
        reason: `would go into contact ${id} (by phone): name 'John Jones' -> 'John J', title 'Clerk' -> 'Boss', e-mail new@example.com added`,
      },
      { outcome: 'created', reason: 'would be a new contact' },
      { outcome: 'merged' },
      { outcome: 'failed', issues: [{ code: 'phone_too_short' }] },
    ]);
    expect(JSON.stringify(workshop.sandbox.contacts())).toBe(before);
    expect(workshop.sandbox.operations.filter((operation) => operation.commands > 0)).toEqual([]);
    expect(await workshop.files('inbox')).toEqual(['contacts.csv']);
    expect(await workshop.files('reports')).toEqual([]);
    expect(await links()).toBe(0);
  });

  it('is called a preview where runs are listed, and a retry is one of its import', async () => {
    await workshop.drop('contacts.csv', CONTENT);
    const previews = await workshop.untilEnded(await workshop.operator.preview('drop'));
    const [preview] = previews;
    expect(runsTable(previews)).toMatch(new RegExp(`^${preview?.id.slice(0, 8)} +preview +drop +contacts.csv `, 'm'));
    expect(preview && runText(preview, [], await workshop.operator.causes(preview.id))).toMatch(
      /^preview +[^]*^outcomes +2 would be created, 0 updated, 1 merged into another row, 0 unchanged, 1 failed; nothing was sent$/m,
    );
    const [run] = await workshop.import();
    const [retry] = await workshop.untilEnded([await workshop.operator.retry(run?.id ?? '')]);
    expect(runsTable(run && retry ? [run, retry] : [])).toMatch(/ import +drop [^]* retry of [0-9a-f]{8} +drop /);
  });

  it('names what would change of lists, attributes, the country and the agent, and nothing that would not', async () => {
    const there = {
      name: 'Jana',
      country_id: 1,
      favorite_agent: 101,
      ContactNumber: [{ public_number: 421905000001 }],
    };
    workshop.sandbox.add({ ...there, ContactAttribute: [{ attribute_id: 201, value: 'silver' }] });
    const country = workshop.sandbox.contacts()[0]?.country ?? '';
    const rows = async (name: string, line: string): Promise<readonly unknown[]> => {
      const header = 'name,phone,country,favorite_agent,tags,Tier';
      await writeFile(join(workshop.folder, name), csv(header, line));
      const [run] = await workshop.untilEnded(await workshop.operator.preview('drop', join(workshop.folder, name)));
      return (await workshop.operator.rows(run?.id ?? '', 1)).map(({ reason }) => reason);
    };
    const same = `would go into contact 1001 (by phone): nothing new`;
    expect(await rows('a.csv', `Jana,+421905000001,${country},alice.agent@example.com,,`)).toEqual([same]);
    expect(await rows('b.csv', 'Jana,+421905000001:+421905000002,SK,bob.agent@example.com,vip,gold')).toEqual([
      `would go into contact 1001 (by phone): country -> 'SK', favorite agent -> 'bob.agent@example.com', ` +
        `number +421905000002 added, tag vip added, Tier 'silver' -> 'gold'`,
    ]);
  });

  it('does not keep the real import from doing what it said', async () => {
    await workshop.drop('contacts.csv', CONTENT);
    await workshop.untilEnded(await workshop.operator.preview('drop'));
    expect(await workshop.import()).toMatchObject([{ kind: 'file', totals: { created: 2, merged: 1, failed: 1 } }]);
    expect(await workshop.untilEnded(await workshop.operator.preview('drop'))).toEqual([]);
  });

  it('is no earlier import to the receipt of a file with the same content', async () => {
    await workshop.drop('contacts.csv', contactsCsv(2));
    await workshop.untilEnded(await workshop.operator.preview('drop'));
    const [first] = await workshop.import();
    expect(JSON.parse(await workshop.report('.receipt.json'))).toMatchObject({ sameContentAs: null });
    await workshop.drop('again.csv', contactsCsv(2));
    const [second] = await workshop.import();
    const receipt = await workshop.report(`${second?.id.slice(0, 8)}.receipt.json`);
    expect(JSON.parse(receipt)).toMatchObject({ sameContentAs: first?.id });
  });

  it('previews any file by the connection that is named, and knows what went in before', async () => {
    await workshop.drop('contacts.csv', contactsCsv(3));
    await workshop.import();
    const path = join(workshop.folder, 'elsewhere.csv');
    await writeFile(path, contactsCsv(4));
    const [run] = await workshop.untilEnded(await workshop.operator.preview('drop', path));
    expect(run).toMatchObject({ input: 'elsewhere.csv', totals: { unchanged: 3, created: 1 } });
  });

  it('a run knows beforehand what it will cost', async () => {
    for (let number = 0; number < 3; number += 1) {
      workshop.sandbox.add({ name: 'There', ContactNumber: [{ public_number: 421905000000 + number }] });
    }
    await workshop.drop('contacts.csv', contactsCsv(25));
    const [run] = await workshop.import();
    expect(run).toMatchObject({ totals: { created: 22, updated: 3 } });
    expect(run?.forecast).toMatchObject({ operations: 3 + 3 });
    expect(run?.operations).toBe(1 + 3 + 3);
  });

  it('a run behind another one is forecast to end after it', async () => {
    workshop.sandbox.fault({ kind: 'refuse key', match: 'bulk', times: Infinity });
    await workshop.drop('a.csv', contactsCsv(290));
    await workshop.drop('b.csv', contactsCsv(10, 1000));
    const ids = await workshop.engine.requestPass('drop');
    const [first, second] = await workshop.until(ids, ({ forecast }) => forecast !== null);
    const [begun, ended] = [first, second].map((run) => Date.parse(run?.forecast?.endsAt ?? ''));
    expect(ended).toBeGreaterThan(begun ?? Infinity);
    expect(second?.forecast).toMatchObject({ operations: 1 });
    workshop.sandbox.calm();
  });

  it('a few rows are searched one by one rather than with every page of a large account', async () => {
    for (let number = 0; number < 3_500; number += 1) {
      workshop.sandbox.add({ name: 'There', ContactNumber: [{ public_number: 421905000000 + number }] });
    }
    await workshop.drop('one.csv', csv('name,phone', 'There already,+421905003000'));
    expect(await workshop.import()).toMatchObject([{ totals: { updated: 1 } }]);
    const paths = workshop.sandbox.operations.map((operation) => operation.path.replace(/\?.*(keyword).*/, '?$1'));
    expect(paths.filter((path) => path.startsWith('/contacts/index.json'))).toEqual([
      expect.stringContaining('page=1'),
      '/contacts/index.json?keyword',
    ]);
    expect(workshop.sandbox.contacts()).toHaveLength(3_500);
  });

  it('an account that never stands still is imported into all the same, and gets nobody twice', async () => {
    const ids = Array.from({ length: 2_500 }, (_, number) =>
      workshop.sandbox.add({ name: 'There', ContactNumber: [{ public_number: 421905000000 + number }] }),
    );
    const leaving = setInterval(() => {
      const last = ids.length > 1_000 ? ids.pop() : undefined;
      if (last !== undefined) workshop.sandbox.remove(last);
    }, 10);
    await workshop.drop('contacts.csv', contactsCsv(30));
    const [run] = await workshop.import();
    clearInterval(leaving);
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 30 } });
    const phones = workshop.sandbox.contacts().flatMap((contact) => contact.phones);
    expect(new Set(phones).size).toBe(phones.length);
  });
});
