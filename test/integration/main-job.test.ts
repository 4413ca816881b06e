import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contactsCsv, csv } from '../builders/csv.js';
import { forEachDatabase } from '../support/databases.js';
import { useWorkshop, type Workshop } from '../support/workshop.js';

forEachDatabase((openFresh) => {
  let workshop: Workshop;
  useWorkshop(openFresh, {}, (opened) => {
    workshop = opened;
  });

  it('a dropped CSV becomes contacts in CloudTalk, with every outcome beside the file', async () => {
    await workshop.drop(
      'contacts.csv',
      csv(
        'name,phone,email,country,tags,favorite_agent,Tier,company',
        'Jana Nová,0905 123 456,jana@example.com,Slovakia,vip:sk,alice.agent@example.com,Gold,R&D',
        'Bad,12,,,,,,',
        'Tom,,tom@example.com,,,,,',
      ),
    );
    const [run] = await workshop.import();
    expect(run).toMatchObject({ status: 'completed with failures', rows: 3, totals: { created: 2, failed: 1 } });
    expect(workshop.sandbox.contacts()).toMatchObject([
      {
        name: 'Jana Nová',
        phones: ['+421905123456'],
        emails: ['jana@example.com'],
        country: 'SK',
        tags: ['vip', 'sk'],
        favorite_agent: 'alice.agent@example.com',
        attributes: { Tier: 'Gold' },
        company: 'R&D',
      },
      { name: 'Tom', phones: [], emails: ['tom@example.com'] },
    ]);
    expect(await workshop.files('inbox')).toEqual([]);
    expect(await workshop.files('processing')).toEqual([]);
    expect(await workshop.files('done_with_errors')).toHaveLength(1);
    expect((await workshop.report('.result.csv')).split('\n').slice(0, 4)).toEqual([
      'row,line,outcome,contact_id,code,message',
      '1,2,created,1001,,',
      '2,3,failed,,phone_too_short,"""12"" has too few digits for a phone number in Slovakia: 2, where 6, 7 or 9 are needed."',
      '3,4,created,1002,,',
    ]);
    expect(await workshop.report('.errors.csv')).toContain('Bad,12,,,,,,,2,phone_too_short');
    expect(JSON.parse(await workshop.report('.receipt.json'))).toMatchObject({ rows: 3, balanced: true });
  });

  it('the same file again sends nothing, and says unchanged and the same failures', async () => {
    const content = contactsCsv(25) + 'No number,12,\nRefused by CloudTalk,+421905999999,\n';
    workshop.sandbox.fault({ kind: 'refuse command', match: 'bulk', skip: 2, index: 5, fields: { name: ['No.'] } });
    await workshop.drop('first.csv', content);
    const [first] = await workshop.import();
    expect(first).toMatchObject({ totals: { created: 25, failed: 2 } });
    const sent = workshop.sandbox.operations.filter((operation) => operation.commands > 0).length;

    await workshop.drop('again.csv', content);
    const [again] = await workshop.import();
    expect(again).toMatchObject({ totals: { unchanged: 25, failed: 2 }, rows: 27, operations: 0 });
    expect(workshop.sandbox.operations.filter((operation) => operation.commands > 0)).toHaveLength(sent);
    const failed = await workshop.operator.failedRows(again?.id ?? '', 10);
    expect(failed.map((row) => row.issues[0]?.message)).toEqual(
      (await workshop.operator.failedRows(first?.id ?? '', 10)).map((row) => row.issues[0]?.message),
    );
    expect(await workshop.files('done_with_errors')).toHaveLength(2);
  });

  it('an edit sends the name and what differs, and leaves what others wrote alone', async () => {
    await workshop.drop('one.csv', csv('name,phone,title,tags', 'Jana,0905123456,Boss,crm'));
    await workshop.import();
    const id = workshop.sandbox.contacts()[0]?.id ?? 0;
    workshop.sandbox.edit(id, {
      name: 'Jana by an agent',
      company: 'Agent & Co',
      ContactNumber: [{ public_number: 421905123456 }, { public_number: 421905777777 }],
      ContactsTag: [{ name: 'crm' }, { name: 'campaign' }],
    });
    await workshop.drop(
      'two.csv',
      csv('name,phone,title,tags,email', 'Jana,0905123456,Director,crm:new,j@example.com'),
    );
    const [run] = await workshop.import();
    expect(run).toMatchObject({ status: 'completed', totals: { updated: 1 } });
    expect(workshop.sandbox.contacts()).toMatchObject([
      {
        name: 'Jana',
        title: 'Director',
        company: 'Agent & Co',
        phones: ['+421905123456', '+421905777777'],
        tags: ['crm', 'campaign', 'new'],
        emails: ['j@example.com'],
      },
    ]);
  });

  it('a contact that CloudTalk has already is matched by phone, then by e-mail, and not made twice', async () => {
    workshop.sandbox.add({
      name: 'By phone',
      ContactNumber: [{ public_number: 421905000001 }],
      ContactsTag: [{ name: 'theirs' }],
    });
    workshop.sandbox.add({ name: 'By e-mail', ContactEmail: [{ email: 'mail@example.com' }] });
    await workshop.drop(
      'c.csv',
      csv('name,phone,email,tags', 'P,+421905000001,other@example.com,ours', 'E,+421905000002,MAIL@example.com,'),
    );
    const [run] = await workshop.import();
    expect(run).toMatchObject({ totals: { updated: 2, created: 0 } });
    expect(workshop.sandbox.contacts()).toMatchObject([
      { name: 'P', phones: ['+421905000001'], emails: ['other@example.com'], tags: ['theirs', 'ours'] },
      { name: 'E', phones: ['+421905000002'], emails: ['mail@example.com'] },
    ]);
  });

  it('rows of one file that are the same contact go in once, each with its own outcome', async () => {
    const content = csv(
      'name,phone,email,title',
      'First,+421905000001,a@example.com,One',
      'Other,+421905000009,,',
      'Second,+421905000001:+421905000002,,Two',
      'Third,+421905000002,b@example.com,',
      'Fourth,,A@example.com,',
    );
    await workshop.drop('c.csv', content);
    const [run] = await workshop.import();
    expect(run).toMatchObject({ totals: { created: 2, merged: 3 } });
    expect(workshop.sandbox.contacts()).toMatchObject([
      {
        name: 'Fourth',
        title: 'Two',
        phones: ['+421905000001', '+421905000002'],
        emails: ['a@example.com', 'b@example.com'],
      },
      { name: 'Other' },
    ]);
    const result = await workshop.report('.result.csv');
    expect(result).toContain('3,4,merged,1001');
    await workshop.drop('again.csv', content);
    expect(await workshop.import()).toMatchObject([{ totals: { unchanged: 5 }, operations: 0 }]);
  });

  it('a file that cannot be imported as a whole fails with its reason and a receipt', async () => {
    await workshop.drop('empty-header.csv', csv('first,second', 'a,b'));
    const [run] = await workshop.import();
    expect(run).toMatchObject({ status: 'failed', error: { code: 'header_unusable' }, rows: 0 });
    expect(await workshop.files('failed')).toHaveLength(1);
    expect(JSON.parse(await workshop.report('.receipt.json'))).toMatchObject({
      status: 'failed',
      error: { code: 'header_unusable' },
      balanced: true,
    });
    expect(workshop.sandbox.contacts()).toEqual([]);
  });

  it('an upload that pauses and goes on after its file was read loses no row', async () => {
    workshop.sandbox.fault({ kind: 'slow', match: 'bulk', delay: 400 });
    await workshop.drop('slow.csv', csv('name,phone', 'Anna,+421905000001'));
    const ids = await workshop.engine.requestPass('drop');
    await workshop.until(ids, (run) => run.rows === 1);
    const [claimed = ''] = await workshop.files('processing');
    await appendFile(join(workshop.folder, 'processing', claimed), 'Eva,+421905000002\n');
    expect(await workshop.untilEnded(ids)).toMatchObject([{ totals: { created: 1 } }]);
    expect(await workshop.files('inbox')).toEqual(['slow.csv']);
    const [again] = await workshop.import();
    expect(again).toMatchObject({ status: 'completed', totals: { unchanged: 1, created: 1 } });
    expect(await workshop.files('done')).toHaveLength(1);
  });

  it('a header without rows is an import of no rows', async () => {
    await workshop.drop('none.csv', 'name,phone\n');
    expect(await workshop.import()).toMatchObject([{ status: 'completed', rows: 0 }]);
    expect(await workshop.files('done')).toHaveLength(1);
  });
});
