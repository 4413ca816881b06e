import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import type { Person } from './person.js';
import { isSame } from './row.js';

/** Whoever is not in CloudTalk exactly once, just as rows and agents left it. */
export function contactViolations(contacts: readonly SandboxContact[], people: readonly Person[]): readonly string[] {
  const owners = new Map(people.flatMap((person) => identitiesOf(person).map((identity) => [identity, person])));
  const found: string[] = [];
  const seen = new Set<Person>();
  for (const contact of contacts) {
    const [person, ...others] = new Set([...contact.phones, ...contact.emails].map((identity) => owners.get(identity)));
    if (person === undefined || others.length > 0) {
      found.push(`${nameOf(contact)} is nobody we know, or several at once`);
    } else if (seen.has(person)) {
      found.push(`${nameOf(contact)} is in CloudTalk a second time`);
    } else {
      found.push(...differences(contact, person).map((difference) => `${nameOf(contact)} ${difference}`));
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

function differences(contact: SandboxContact, { expected, lists }: Person): readonly string[] {
  const { attributes } = contact;
  const texts: Readonly<Record<string, string>> = {
    name: contact.name,
    title: contact.title,
    company: contact.company,
    city: contact.city,
    Tier: attributes['Tier'] ?? '',
    Birthday: attributes['Birthday'] ?? '',
  };
  const wrongTexts = Object.entries(expected.texts).flatMap(([text, value]) =>
    texts[text] === value ? [] : [`has the ${text} '${texts[text]}' instead of '${value}'`],
  );
  const wrongLists = (['phones', 'emails', 'tags'] as const).flatMap((list) => {
    const [there, wanted] = [contact[list], expected.lists[list]];
    return isSame(there, wanted) ? [] : [`has the ${list} ${shown(there)} instead of ${shown(wanted)} (${lists})`];
  });
  return [...wrongTexts, ...wrongLists];
}

function shown(entries: readonly string[]): string {
  return `[${entries.join(' ')}]`;
}
