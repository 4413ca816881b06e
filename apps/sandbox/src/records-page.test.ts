import { afterEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from './hubspot/server.js';
import { type SalesforceSandbox, startSalesforceSandbox } from './salesforce/server.js';

const running: (HubSpotSandbox | SalesforceSandbox)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ close }) => close()));
});

async function hubspot(): Promise<HubSpotSandbox> {
  const sandbox = await startHubSpotSandbox();
  running.push(sandbox);
  return sandbox;
}

const page = async ({ url }: { readonly url: string }): Promise<string> => (await fetch(url)).text();

describe('the page of a CRM', () => {
  it('has a column for each field that some record has filled, and shows texts as they are', async () => {
    const sandbox = await hubspot();
    sandbox.addProperty('cloudtalk_status', 'string');
    const id = sandbox.put({ firstname: '<b>Ján & "Co"</b>' });
    expect(await page(sandbox)).not.toContain('cloudtalk_status');
    sandbox.edit(id, { cloudtalk_status: 'imported' });
    const html = await page(sandbox);
    expect(html).toContain('<th>cloudtalk_status</th>');
    expect(html).toContain('<td>imported</td>');
    expect(html).toContain('<td>&lt;b&gt;Ján &amp; &quot;Co&quot;&lt;/b&gt;</td>');
    expect(html).not.toContain('<b>');
  });

  it('shows the last 500 records and says how many there are', async () => {
    const sandbox = await hubspot();
    for (let number = 0; number < 501; number++) sandbox.put({ lastname: `Number ${number}.` });
    const html = await page(sandbox);
    expect(html).toContain('501 records (the last 500 below)');
    expect(html).toContain('Number 500.');
    expect(html).not.toContain('Number 0.');
  });

  it('shows contacts and leads of Salesforce with their outcomes, also those that are deleted', async () => {
    const sandbox = await startSalesforceSandbox();
    running.push(sandbox);
    sandbox.put('Contact', { LastName: 'Novák', CloudTalk_Status__c: 'imported' });
    sandbox.remove(sandbox.put('Lead', { LastName: 'Polák' }));
    const html = await page(sandbox);
    for (const text of ['Contact', 'Novák', 'CloudTalk_Status__c', 'imported', 'Lead', 'Polák', 'IsDeleted', 'true']) {
      expect(html).toContain(`>${text}<`);
    }
  });
});

it('the records can be had as JSON, and neither they nor the page count as requests to the API', async () => {
  const sandbox = await hubspot();
  const id = sandbox.put({ lastname: 'Novák' });
  const answer = await fetch(new URL('sandbox/records', sandbox.url));
  expect(await answer.json()).toMatchObject([{ id, lastname: 'Novák' }]);
  expect(await page(sandbox)).toContain(' 0 API requests');
  expect(sandbox.requests).toEqual([]);
});
