import { describe, expect, it } from 'vitest';
import { hubspot } from './hubspot.js';
import { optionsSchema } from './hubspot-options.js';

const accessToken = 'pat-eu1-0000';

describe('the options of a HubSpot connection', () => {
  it('need no more than a token', () => {
    expect(optionsSchema.parse({ accessToken })).toEqual({
      accessToken,
      lookBack: 300_000,
      requestsPer10Seconds: 100,
      searchesPerSecond: 4,
      timeout: 30_000,
    });
  });

  it.each([
    [{}, 'The access token is missing'],
    [{ accessToken: ' ' }, 'The access token is empty'],
    [{ accessToken: 'with a space' }, 'a character that no token has'],
    [{ accessToken, basePath: 'api.hubapi.com' }, 'This is no address'],
    [{ accessToken, basePath: 'http://api.hubapi.com' }, 'would travel in the open'],
    [{ accessToken, basePath: 'https://user:secret@api.hubapi.com' }, 'no user, password, query or fragment'],
    [{ accessToken, list: 'VIP' }, 'This is no id of a list'],
    [{ accessToken, list: 123 }, 'A list is named by its id, as text'],
    [{ accessToken, lookBack: 5 }, 'This is no duration'],
    [{ accessToken, lookBack: 'soon' }, 'This is no duration'],
    [{ accessToken, timeout: '40d' }, 'This duration cannot be used'],
    [{ accessToken, requestsPer10Seconds: 0 }, 'At least 1 request'],
    [{ accessToken, searchesPerSecond: 'four' }, 'This must be a number of searches'],
  ])('%j are refused in words', (options, words) => {
    const { error } = optionsSchema.safeParse(options);
    expect(error?.issues.map(({ message }) => message).join(' ')).toContain(words);
    expect(JSON.stringify(error?.issues)).not.toContain('secret@');
  });
});

describe('the names of HubSpot fields', () => {
  it.each([
    ['firstname', true, true],
    ['hs_lead_status', true, true],
    ['company.name', true, false],
    ['owner.email', true, false],
    ['owner.mail', false, false],
    ['deal.name', false, false],
    ['company.name.first', false, false],
    ['Do not call', false, false],
    ['CloudTalk_status', false, false],
    ['company.Name', false, false],
  ])('%s can be read: %s, and written: %s', (name, isRead, isWritten) => {
    expect(hubspot.fieldNames?.mapped.safeParse(name).success).toBe(isRead);
    expect(hubspot.fieldNames?.written.safeParse(name).success).toBe(isWritten);
  });
});
