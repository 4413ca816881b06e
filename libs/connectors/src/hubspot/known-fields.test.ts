import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../../../apps/sandbox/src/hubspot/server.js';
import { TestClock } from './test-clock.js';
import { openSession, readAll, since } from './test-session.js';

const NO_PROPERTIES = { kind: 'junk', json: { results: [] }, match: 'properties' } as const;

let clock: TestClock;
let sandbox: HubSpotSandbox;
const open: { close(): Promise<void> }[] = [];

async function session(...fields: readonly string[]) {
  const opened = await openSession(sandbox.url, { clock, fields });
  open.unshift(opened);
  return opened;
}

beforeEach(async () => {
  clock = new TestClock();
  sandbox = await startHubSpotSandbox({ clock: clock.now });
  open.push(sandbox);
  sandbox.put({ firstname: 'Anna', do_not_call: 'true' });
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('a reading of fields that HubSpot does not have', () => {
  it('is refused, and names all of them', async () => {
    const fields = ['firstname', 'do_not_cal', 'mobil', 'company.nmae', 'company.name', 'deal.name', 'owner.email'];
    await expect(readAll(await session(...fields))).rejects.toMatchObject({
      name: 'FatalError',
      code: 'unknown_field',
      message:
        'HubSpot has no do_not_cal, mobil, company.nmae, deal.name, which the connection looks at (its mapping or doNotCall.fields).',
      fix: expect.stringContaining('or restore the property') as string,
    });
  });

  it('is refused when only what changed is read', async () => {
    const start = since(await readAll(await session('firstname')));
    const reading = readAll(await session('firstname', 'do_not_cal'), start);
    await expect(reading).rejects.toMatchObject({ code: 'unknown_field' });
  });

  it('asks for the properties once where all of them are there', async () => {
    await readAll(await session('firstname', 'do_not_call', 'owner.email'));
    expect(sandbox.requests.filter(({ kind }) => kind === 'properties')).toHaveLength(1);
  });

  it.each(['firstname', 'company.name'])('is no matter of an answer that is not whole (%s)', async (field) => {
    sandbox.fault(NO_PROPERTIES);
    expect(await readAll(await session(field))).toHaveLength(1);
    sandbox.fault({ ...NO_PROPERTIES, times: 2 });
    await expect(readAll(await session(field))).rejects.toMatchObject({
      name: 'RetryableError',
      code: 'incomplete_answer',
    });
  });
});
