import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import { type ContactLists, IMPORT_TAG } from './expected-contact.js';
import type { Person } from './person.js';
import { isSame, type Text, union } from './row.js';

/**
 * Whoever is not in CloudTalk exactly once, just as rows and agents left it; `others`: contacts that are nobody's any
 * more, with the lists that agents left them; `times`: when each file was asked to be imported, in ms.
 */
export function contactViolations(
  contacts: readonly SandboxContact[],
  people: readonly Person[],
  others: ReadonlyMap<number, ContactLists>,
  times: ReadonlyMap<string, number>,
): readonly string[] {
  const owners = new Map(people.flatMap((person) => identitiesOf(person).map((identity) => [identity, person])));
  const found: string[] = [];
  const seen = new Set<Person>();
  for (const contact of contacts) {
    const left = others.get(contact.id);
    if (left) {
      found.push(...listDifferences(contact, left).map((difference) => `${nameOf(contact)} ${difference} (another's)`));
      continue;
    }
    const [person, ...more] = new Set([...contact.phones, ...contact.emails].map((identity) => owners.get(identity)));
    if (person === undefined || more.length > 0) {
      found.push(`${nameOf(contact)} is nobody we know, or several at once`);
    } else if (seen.has(person)) {
      found.push(`${nameOf(contact)} is in CloudTalk a second time`);
    } else {
      found.push(...differences(contact, person, times).map((difference) => `${nameOf(contact)} ${difference}`));
    }
    if (person !== undefined) seen.add(person);
  }
  for (const person of people) if (!seen.has(person)) found.push(`person ${person.number} is missing in CloudTalk`);
  return found;
}

/** What rows may bring, and what agents added. */
function identitiesOf({ phones, emails, expected }: Person): readonly string[] {
  return [...phones, ...emails, ...expected.lists.phones, ...expected.lists.emails];
}

function nameOf({ id, phones, emails }: SandboxContact): string {
  return `contact ${id} (${[...phones, ...emails].join(' ')})`;
}

function differences(contact: SandboxContact, person: Person, times: ReadonlyMap<string, number>): readonly string[] {
  const { expected, lists, restored } = person;
  const { attributes } = contact;
  const texts: Readonly<Record<string, string>> = {
    name: contact.name,
    title: contact.title,
    company: contact.company,
    city: contact.city,
    Tier: attributes['Tier'] ?? '',
    Birthday: attributes['Birthday'] ?? '',
  };
  const possible = Object.entries(expected.possibleTexts(times)).map(
    ([text, values]) => [text, restored ? [restored.texts[text as Text] ?? texts[text]] : values] as const,
  );
  const wrongTexts = possible.flatMap(([text, values]) =>
    values.includes(texts[text] ?? '')
      ? []
      : [`has the ${text} '${texts[text]}' instead of '${values.join("' or '")}' (said: ${expected.said(text)})`],
  );
  const wrongLists = restored ? notRestored(contact, person) : listDifferences(contact, expected.lists);
  return [...wrongTexts, ...wrongLists.map((difference) => `${difference} (${lists})`)];
}

/** After a deletion all of the last row must be there, and nothing that was never the person's. */
function notRestored(contact: SandboxContact, { expected, restored }: Person): readonly string[] {
  return LISTS.flatMap((list) => {
    const [there, possible] = [contact[list], expected.lists[list]];
    const least = union(restored?.[list] ?? [], list === 'tags' ? [IMPORT_TAG] : []);
    const isThere = isSame(union(there, least), there) && isSame(union(possible, there), possible);
    return isThere ? [] : [`has the ${list} ${shown(there)} after a deletion instead of ${shown(least)}`];
  });
}

const LISTS = ['phones', 'emails', 'tags'] as const;

function listDifferences(contact: SandboxContact, expected: ContactLists): readonly string[] {
  return LISTS.flatMap((list) => {
    const [there, wanted] = [contact[list], expected[list]];
    return isSame(there, wanted) ? [] : [`has the ${list} ${shown(there)} instead of ${shown(wanted)}`];
  });
}

function shown(entries: readonly string[]): string {
  return `[${entries.join(' ')}]`;
}
