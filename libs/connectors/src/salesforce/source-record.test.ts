import { describe, expect, it } from 'vitest';
import { recordMaker } from './source-record.js';

const raw = {
  Id: '003000000000001AAA',
  SystemModstamp: '2026-11-22T03:00:00.000+0100',
  IsDeleted: false,
  attributes: { type: 'Contact', url: '/services/data/v62.0/sobjects/Contact/003000000000001AAA' },
};
const asked = '2026-11-22T02:30:00.000Z';
const make = (fields: readonly string[], more: object): unknown =>
  recordMaker(fields, asked)({ ...raw, ...more }).fields;

describe('the fields of a record', () => {
  it('hold an address as Salesforce gives it, without what describes the object', () => {
    const MailingAddress = { attributes: { type: 'Address' }, city: 'Bratislava', street: null, lines: ['a', 1] };
    expect(make(['MailingAddress'], { MailingAddress })).toEqual({
      Id: raw.Id,
      MailingAddress: { city: 'Bratislava', street: null, lines: ['a', 1] },
    });
  });

  it('are empty where Salesforce leaves one out', () => {
    expect(make(['Email', 'constructor'], {})).toEqual({ Id: raw.Id, Email: null, constructor: null });
  });
});

describe('the cursor of a record', () => {
  it('holds its time in UTC, whatever zone Salesforce writes, and when its reading asked first', () => {
    const { cursor } = recordMaker([], asked)(raw);
    expect(cursor).toEqual({ time: '2026-11-22T02:00:00.000Z', id: raw.Id, asked });
  });
});
