import { createCloudTalkClient } from '@cloudtalk-sync/cloudtalk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CloudTalkSandbox, type Fault, startCloudTalkSandbox } from '../index.js';

let sandbox: CloudTalkSandbox;
beforeEach(async () => {
  sandbox = await startCloudTalkSandbox();
});
afterEach(() => sandbox.close());

function client() {
  const key = { accessKeyId: 'sandbox-key', accessKeySecret: 'sandbox-secret' };
  return createCloudTalkClient({ baseUrl: sandbox.url, requestTimeout: 1_000, ...key });
}

const ADD = {
  action: 'add_contact',
  command_id: 'row-1/1',
  data: {
    name: "Tom & Jerry's <shop>",
    country_id: 1,
    ContactNumber: [{ public_number: '+421901123456' }],
    ContactEmail: [{ email: 'tom@example.com' }],
    ContactsTag: [{ name: 'R&D' }],
    ContactAttribute: [{ attribute_id: 201, value: '<gold>' }],
  },
} as const;

describe('the client of the lib against the stand-in', () => {
  it('gets back what it sent, letter by letter', async () => {
    const answers = new Map([['row-1/1', { kind: 'added', contactId: 1001 }]]);
    expect(await client().bulk([ADD])).toEqual({ kind: 'answered', answers });
    const listed = { id: 1001, name: ADD.data.name, phones: ['+421901123456'], emails: ['tom@example.com'] };
    const { items } = await client().contacts({ page: 1, keyword: '+421901123456' });
    expect(items).toEqual([listed]);
    expect(await client().show(1001)).toMatchObject({
      ...listed,
      countryId: 1,
      tags: ['R&D'],
      attributes: [{ id: 201, title: 'Tier', value: '<gold>' }],
      created: expect.any(Date) as Date,
    });
    expect(await client().show(1)).toBeUndefined();
  });

  it('reads its small lists', async () => {
    const countries = await client().countries();
    expect(countries).toHaveLength(250);
    expect(countries.find((country) => country.alpha2 === 'SK')).toMatchObject({ alpha3: 'SVK', callingCode: '421' });
    expect((await client().agents(1)).items.map((agent) => agent.email)).toContain('alice.agent@example.com');
    expect(await client().attributes()).toContainEqual({ id: 201, title: 'Tier' });
    expect((await client().tags(1)).items).toEqual([]);
  });

  const doubtful: readonly Fault[] = [
    { kind: 'error', when: 'after' },
    { kind: 'error', when: 'before', status: 502, html: true },
    { kind: 'time out', when: 'after' },
    { kind: 'apply late', delay: 10 },
    { kind: 'drop', when: 'after' },
    { kind: 'truncate' },
    { kind: 'stall' },
  ];
  it.each(doubtful)('is in doubt after %o', async (fault) => {
    sandbox.fault(fault);
    expect(await client().bulk([ADD])).toMatchObject({ kind: 'in doubt' });
  });

  it('learns what the stand-in refused', async () => {
    sandbox.fault({ kind: 'refuse command', index: 0 });
    const result = await client().bulk([ADD]);
    const refused = result.kind === 'answered' ? result.answers.get('row-1/1') : undefined;
    expect(refused).toMatchObject({ kind: 'rejected', fields: { email: [expect.any(String) as string] } });
    sandbox.fault({ kind: 'refuse request', fields: { name: ['No.'] } });
    expect(await client().bulk([ADD])).toMatchObject({ kind: 'rejected', status: 406, fields: { name: ['No.'] } });
    sandbox.fault({ kind: 'throttle' });
    await expect(client().bulk([ADD])).rejects.toMatchObject({ code: 'rate_limited' });
    sandbox.fault({ kind: 'refuse key', status: 403 });
    await expect(client().bulk([ADD])).rejects.toMatchObject({ code: 'key_refused' });
    expect(sandbox.contacts()).toEqual([]);
  });
});
