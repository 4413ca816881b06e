import { afterEach, describe, expect, it } from 'vitest';
import type { HubSpotSandboxOptions } from './options.js';
import { type HubSpotSandbox, startHubSpotSandbox } from './server.js';

let sandbox: HubSpotSandbox;
let now = Date.parse('2026-11-22T02:00:00Z');

async function start(options: HubSpotSandboxOptions = {}): Promise<void> {
  now = Date.parse('2026-11-22T02:00:00Z');
  sandbox = await startHubSpotSandbox({ clock: () => new Date(now), ...options });
}

async function call(method: string, path: string, body?: unknown, token = 'sandbox-token') {
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
}

interface Answer {
  readonly total: number;
  readonly results: readonly { readonly id: string; readonly properties: Record<string, string | null> }[];
  readonly paging?: { readonly next: { readonly after: string } };
  readonly policyName?: string;
  readonly errors?: readonly unknown[];
}

function search(filters: readonly unknown[], more: object = {}) {
  return call('POST', '/crm/v3/objects/contacts/search', { filterGroups: [{ filters }], limit: 200, ...more });
}

afterEach(() => sandbox.close());

describe('the search of the stand-in', () => {
  it('finds by time, in the order asked for', async () => {
    await start();
    const ids = [1, 2, 3].map((count) => {
      now += count;
      return sandbox.put({ firstname: `Anna ${count}` });
    });
    const filters = [{ propertyName: 'lastmodifieddate', operator: 'GTE', value: String(now - 3) }];
    const ascending = await search(filters, { sorts: [{ propertyName: 'lastmodifieddate', direction: 'ASCENDING' }] });
    expect(ascending.body.results.map(({ id }) => id)).toEqual(ids.slice(1));
    const descending = await search(filters, {
      sorts: [{ propertyName: 'lastmodifieddate', direction: 'DESCENDING' }],
    });
    expect(descending.body.results.map(({ id }) => id)).toEqual(ids.slice(1).reverse());
    const named = await search([{ propertyName: 'firstname', operator: 'IN', values: ['Anna 2'] }]);
    expect(named.body).toMatchObject({ total: 1, results: [{ id: ids[1] }] });
  });

  it('shows a write late, and never what is archived or merged', async () => {
    await start({ searchDelay: 5_000 });
    const [anna = '', jan = ''] = ['Anna', 'Jan'].map((firstname) => sandbox.put({ firstname }));
    expect((await search([])).body.total).toBe(0);
    now += 5_000;
    expect((await search([])).body.total).toBe(2);
    sandbox.merge(jan, anna);
    now += 5_000;
    const { results } = (await search([], { properties: ['hs_merged_object_ids'] })).body;
    expect(results).toMatchObject([{ id: anna, properties: { hs_merged_object_ids: jan } }]);
    sandbox.remove(anna);
    now += 5_000;
    expect((await search([])).body.total).toBe(0);
    sandbox.restore(anna);
    now += 5_000;
    expect((await search([])).body.total).toBe(1);
  });

  it('refuses large pages, and to page behind 10,000 results', async () => {
    await start();
    for (let count = 0; count < 10_100; count += 1) sandbox.put({ firstname: 'Anna' });
    expect((await search([], { limit: 201 })).status).toBe(400);
    expect((await search([], { after: '9800' })).body).toMatchObject({ total: 10_100, paging: { next: {} } });
    expect((await search([], { after: '10000' })).status).toBe(400);
  });

  it('refuses a body of more than 3,000 characters', async () => {
    await start();
    const names = Array.from({ length: 30 }, (_, n) => `property_${n}_`.padEnd(100, 'x'));
    expect((await search([], { properties: names.slice(2) })).status).toBe(200);
    expect(await search([], { properties: names })).toMatchObject({
      status: 400,
      body: { category: 'VALIDATION_ERROR' },
    });
  });

  it('orders ids as numbers or as texts', async () => {
    const sorts = [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }];
    for (const idOrder of ['numeric', 'lexicographic'] as const) {
      await start({ idOrder });
      const ids = Array.from({ length: 5 }, () => sandbox.put({ firstname: 'Anna' }));
      const { results } = (await search([], { sorts })).body;
      const lengths = results.map(({ id }) => id.length);
      expect(lengths).toEqual(idOrder === 'numeric' ? [3, 3, 3, 4, 4] : [4, 4, 3, 3, 3]);
      expect(results).toHaveLength(ids.length);
      if (idOrder === 'numeric') await sandbox.close();
    }
  });
});

describe('a merge of the stand-in into a new contact', () => {
  it('has what the primary says, and of the secondary what that does not say', async () => {
    await start();
    const jan = sandbox.put({ firstname: 'Jan', phone: '', city: 'Brno' });
    now += 1_000;
    const anna = sandbox.put({ firstname: 'Anna', phone: '', email: 'anna@example.com' });
    now += 1_000;
    const merged = sandbox.mergeAnew(anna, jan);
    expect(sandbox.records()).toMatchObject([
      {
        id: merged,
        properties: {
          firstname: 'Anna',
          email: 'anna@example.com',
          city: 'Brno',
          createdate: '2026-11-22T02:00:00.000Z',
        },
        updatedAt: new Date(now),
      },
    ]);
    expect([anna, jan]).not.toContain(merged);
  });

  it('names both and all that they had taken in, in no order of theirs, and answers for all of them', async () => {
    await start();
    const [anna = '', jan = '', eva = ''] = ['Anna', 'Jan', 'Eva'].map((firstname) => sandbox.put({ firstname }));
    const first = sandbox.mergeAnew(jan, anna);
    const second = sandbox.mergeAnew(first, eva);
    const { results } = (await search([], { properties: ['firstname', 'hs_merged_object_ids'] })).body;
    const properties = { firstname: 'Jan', hs_merged_object_ids: [anna, jan, eva, first].join(';') };
    expect(results).toMatchObject([{ id: second, properties }]);
    for (const id of [anna, jan, eva, first]) {
      expect((await call('GET', `/crm/v3/objects/contacts/${id}`)).body).toMatchObject({ id: second });
    }
    expect(() => sandbox.mergeAnew(second, anna)).toThrow(`no active contact ${anna}`);
  });
});

describe('the limits of the stand-in', () => {
  it('refuse by their policies, and stand in the headers of anything but a search', async () => {
    await start({ requestsPer10Seconds: 2, searchesPerSecond: 1, requestsPerDay: 5 });
    const list = () => call('GET', '/crm/v3/objects/contacts?limit=10');
    expect((await list()).headers.get('x-hubspot-ratelimit-remaining')).toBe('1');
    await list();
    expect(await list()).toMatchObject({ status: 429, body: { policyName: 'TEN_SECONDLY_ROLLING' } });
    expect((await search([])).headers.get('x-hubspot-ratelimit-remaining')).toBeNull();
    expect(await search([])).toMatchObject({ status: 429, body: { policyName: 'SECONDLY' } });
    now += 10_000;
    await list();
    await list();
    now += 10_000;
    expect(await list()).toMatchObject({ status: 429, body: { policyName: 'DAILY' } });
    now += 24 * 3_600_000;
    expect((await list()).status).toBe(200);
  });

  it('ask for the token and its scopes', async () => {
    await start({ missingScopes: ['crm.objects.contacts.read'] });
    expect((await call('GET', '/crm/v3/objects/contacts', undefined, 'wrong')).status).toBe(401);
    expect(await call('GET', '/crm/v3/objects/contacts')).toMatchObject({
      status: 403,
      body: { errors: [{ context: { requiredGranularScopes: ['crm.objects.contacts.read'] } }] },
    });
  });
});

describe('a batch of the stand-in', () => {
  const update = (inputs: readonly unknown[]) => call('POST', '/crm/v3/objects/contacts/batch/update', { inputs });

  it('is written, drops unknown ids without a word, and moves the time of the others', async () => {
    await start();
    const id = sandbox.put({ firstname: 'Anna' });
    now += 1_000;
    const properties = { firstname: 'Eva' };
    const { status, body } = await update([
      { id, properties },
      { id: '1', properties },
    ]);
    expect({ status, ids: body.results.map((result) => result.id) }).toEqual({ status: 200, ids: [id] });
    expect(sandbox.records()[0]?.updatedAt).toEqual(new Date(now));
  });

  it.each([
    ['an unknown property', [{ id: '851', properties: { nosuch: 'x' } }]],
    ['a property that is read only', [{ id: '851', properties: { createdate: '1' } }]],
    ['an option that is none', [{ id: '851', properties: { lifecyclestage: 'x' } }]],
    ['a value that is no text', [{ id: '851', properties: { firstname: 5 } }]],
    [
      'the same id twice',
      [
        { id: '851', properties: {} },
        { id: '851', properties: {} },
      ],
    ],
    ['too many contacts', Array.from({ length: 101 }, (_, index) => ({ id: String(index), properties: {} }))],
  ])('is refused as a whole for %s', async (_name, inputs) => {
    await start();
    sandbox.put({ firstname: 'Anna' });
    expect((await update([{ id: '852', properties: { firstname: 'Eva' } }, ...inputs])).status).toBe(400);
    expect(sandbox.records()[0]?.properties['firstname']).toBe('Anna');
  });
});
