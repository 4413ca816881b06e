import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { expect, it } from 'vitest';
import { CRM_MAPPING, type CrmWorkshop, useCrmWorkshop } from '../support/crm-workshop.js';
import { forEachDatabase } from '../support/databases.js';

forEachDatabase((openFresh) => {
  let shop: CrmWorkshop;

  useCrmWorkshop(openFresh, {}, (opened) => {
    shop = opened;
  });

  const check = () => shop.workshop.operator.check('drop');

  it('a connection with nothing wrong is ready', async () => {
    expect(await check()).toEqual({ findings: [], reachable: true });
    expect(await shop.workshop.operator.runs({ limit: 10 })).toEqual([]);
  });

  it('everything that would go wrong is said at once', async () => {
    await shop.restart({
      mapping: {
        ...CRM_MAPPING,
        attributes: { Shoe: 'Shoe' },
        favorite_agent: 'Owner.Email',
      },
      doNotCall: { file: '/nowhere/suppressed.csv', then: 'skip' },
    });
    shop.crm.findings = [{ place: 'Phone', message: 'There is no field Phone.', fix: 'Make it.' }];
    shop.crm.values.set('Owner.Email', [
      'alice.agent@example.com',
      'BOB.agent@example.com',
      'stranger@example.com',
      'accountant@example.com',
      '',
    ]);
    shop.crm.unused.add('accountant@example.com');
    const { findings, reachable } = await check();
    expect(reachable).toBe(true);
    expect(findings.map(({ place }) => place)).toEqual(['CloudTalk', 'doNotCall.file', 'Phone', 'Owner.Email']);
    expect(findings[0]?.message).toContain("'Shoe'");
    expect(findings[3]?.message).toContain('no CloudTalk agent: stranger@example.com.');
  });

  it('of an owner who may own nothing that is read it is said where was looked', async () => {
    await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent: 'Owner.Email' } });
    shop.crm.values.set('Owner.Email', ['stranger@example.com']);
    shop.crm.usedAmong = 'all records, not only those of the list';
    const { findings } = await check();
    expect(findings.map(({ message }) => message)).toEqual([
      'It names somebody who is no CloudTalk agent: stranger@example.com. Looked at were all records, not only those of the list: each record of theirs that is read would fail.',
    ]);
  });

  const owners = { from: 'Owner', lookup: { Al: 'alice.agent@example.com' } };

  it.each([
    ['a constant', { value: 'Nobody@example.com' }],
    ['the default of a lookup', { ...owners, default: 'nobody@example.com' }],
    ['the last of a list', [owners, { value: 'nobody@example.com' }]],
  ])('an owner who is no agent is said, once, also when it is %s', async (_which, favorite_agent) => {
    await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent } });
    shop.crm.values.set('Owner', ['Al', 'Bob']);
    const { findings } = await check();
    expect(findings).toMatchObject([{ place: 'mapping.favorite_agent' }]);
    expect(findings[0]?.message).toContain('nobody@example.com, who is no CloudTalk agent');
  });

  it('an owner that several fields make up together is not judged by one of them', async () => {
    await shop.restart({
      mapping: { ...CRM_MAPPING, favorite_agent: ['{{ First }}.{{ Last }}@example.com', '{{ Nick }}@example.com'] },
    });
    shop.crm.values.set('First', ['alice']).set('Last', ['agent']).set('Nick', ['stranger', 'alice.agent']);
    const { findings } = await check();
    expect(findings.map(({ place }) => place)).toEqual(['Nick']);
  });

  it('a source that refuses is said once, and not asked for anything more', async () => {
    await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent: 'Owner.Email' } });
    shop.crm.values.set('Owner.Email', ['stranger@example.com']);
    shop.crm.refusal = new FatalError({ code: 'login_refused', message: 'No entry.', fix: 'Correct the key.' });
    expect(await check()).toEqual({
      findings: [{ place: 'source', message: 'No entry.', fix: 'Correct the key.' }],
      reachable: true,
    });
  });

  it.each(['options.where', 'mapping'])(
    'owners are not asked for by a query that the source has refused already (%s)',
    async (place) => {
      await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent: 'Owner.Email' } });
      shop.crm.values.set('Owner.Email', ['stranger@example.com']);
      shop.crm.findings = [{ place, message: 'The query cannot be.', fix: 'Correct it.' }];
      expect(await check()).toEqual({ findings: shop.crm.findings, reachable: true });
    },
  );

  it('owners are not asked for by a field that is wrong, but by the others', async () => {
    await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent: ['Agent__c', 'Owner.Email'] } });
    shop.crm.values.set('Agent__c', ['nobody@example.com']).set('Owner.Email', ['stranger@example.com']);
    shop.crm.findings = [{ place: 'Agent__c', message: 'There is no field Agent__c.', fix: 'Correct it.' }];
    const { findings } = await check();
    expect(findings.map(({ place }) => place)).toEqual(['Agent__c', 'Owner.Email']);
  });

  it('what keeps owners from being asked for is said once', async () => {
    await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent: 'Owner.Email' } });
    const [message, fix] = ['It lacks the scope owners.read.', 'Add the scope owners.read.'];
    shop.crm.findings = [{ place: 'owners.read', message, fix }];
    shop.crm.valuesTrouble = new FatalError({ code: 'missing_scope', message: `The owners: ${message}`, fix });
    expect(await check()).toEqual({ findings: shop.crm.findings, reachable: true });
    shop.crm.findings = [];
    expect((await check()).findings).toMatchObject([{ place: 'owners', fix }]);
  });

  it('a key that CloudTalk refuses is said once', async () => {
    await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent: 'Owner.Email' } });
    shop.workshop.sandbox.fault({ kind: 'refuse key', times: 9 });
    const { findings } = await check();
    expect(findings.map(({ place }) => place)).toEqual(['CloudTalk']);
  });

  it('owners are asked for though a list is wrong, on which they do not depend', async () => {
    await shop.restart({ mapping: { ...CRM_MAPPING, favorite_agent: 'Owner.Email' } });
    shop.crm.values.set('Owner.Email', ['stranger@example.com']);
    shop.crm.findings = [{ place: 'options.list', message: 'There is no list 9.', fix: 'Correct it.' }];
    const { findings } = await check();
    expect(findings.map(({ place }) => place)).toEqual(['options.list', 'Owner.Email']);
  });

  it('a source or an account that does not answer is said, and the rest is checked all the same', async () => {
    shop.workshop.sandbox.fault({ kind: 'refuse key', times: 9 });
    shop.crm.findings = [{ place: 'Phone', message: 'There is no field Phone.', fix: 'Make it.' }];
    const { findings, reachable } = await check();
    expect(reachable).toBe(true);
    expect(findings.map(({ place }) => place)).toEqual(['CloudTalk', 'Phone']);
  });

  it('a source that cannot be set up from here says so', async () => {
    await expect(shop.workshop.operator.setup('drop')).rejects.toThrow(FatalError);
    await expect(shop.workshop.operator.setup('drop')).rejects.not.toThrow(RetryableError);
  });
});
