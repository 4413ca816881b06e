import { expect, it } from 'vitest';
import { KnownContacts } from './known-contacts.js';

const SHOWN = { phones: ['+421905000001'], emails: ['a@example.com'], tags: ['theirs'], attributes: [] };

function shownInTwoRuns(): KnownContacts {
  const known = new KnownContacts();
  for (const run of ['one', 'other']) known.learn(run, 1001, SHOWN);
  return known;
}

it('what one run wrote is what another run knows', () => {
  const known = shownInTwoRuns();
  known.wrote(1001, { name: 'Jana', ContactEmail: [{ email: 'a@example.com' }, { email: 'b@example.com' }] });
  expect(known.get('other', 1001)).toEqual({ ...SHOWN, name: 'Jana', emails: ['a@example.com', 'b@example.com'] });
  expect(known.get('one', 1001)).toEqual(known.get('other', 1001));
});

it('what is no longer certain is known to no run', () => {
  const known = shownInTwoRuns();
  known.forget(1001);
  expect([known.get('one', 1001), known.get('other', 1001)]).toEqual([undefined, undefined]);
});

it('a write makes nothing known of a contact that was not shown', () => {
  const known = shownInTwoRuns();
  known.wrote(1002, { name: 'Eva', ContactEmail: [{ email: 'e@example.com' }] });
  expect(known.get('one', 1002)).toBeUndefined();
});
