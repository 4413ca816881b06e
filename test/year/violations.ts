import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import { type CrmRecord, emailOf, nameOf, type Person } from './crm-record.js';
import { endViolations } from './ends.js';
import { compare, missingIn, wrongReport } from './expectation.js';
import { goneTag, ownTag } from './policies.js';
import type { Rest } from './rest.js';

/** Everything in CloudTalk and the CRMs that is not as promised, in sentences. */
export function violations(rest: Rest): readonly string[] {
  return [
    ...recordViolations(rest),
    ...contactViolations(rest),
    ...duplicates(rest),
    ...lostEntries(rest),
    ...endViolations(rest),
  ];
}

/** Each living record says the truth, and its contact has what it says. */
function recordViolations(rest: Rest): string[] {
  const { policies, registry } = rest.places;
  return registry.living.flatMap((record) => {
    const told = rest.told.get(record.id);
    const found = wrongReport(record, told, policies);
    if (registry.heirs.isUntold(record.id)) found.push('was told nothing since another one was merged into it');
    if (told?.contactId) {
      const contact = rest.contacts.get(Number(told.contactId));
      const lacks = contact && rest.isPushed(record) ? missingIn(contact, record) : [];
      if (contact === undefined) found.push(`has contact ${told.contactId}, which is not in CloudTalk`);
      if (lacks.length > 0) found.push(`has contact ${told.contactId}, which lacks ${lacks.join(' and ')}`);
    }
    return found.map((words) => `${describe(record)} ${words}`);
  });
}

/** Each contact has the values and tags of the living records for which it stands. */
function contactViolations(rest: Rest): string[] {
  return [...rest.standing].flatMap(([id, records]) => {
    const contact = rest.contacts.get(id);
    const pushed = records.filter((record) => rest.isPushed(record));
    if (contact === undefined || pushed.length === 0) return [];
    const found = [...wrongValues(rest, contact, pushed), ...wrongTags(rest, contact, pushed)];
    return found.map((words) => `contact ${id} of ${pushed.map(describe).join(', ')} ${words}`);
  });
}

function wrongValues(rest: Rest, contact: SandboxContact, pushed: readonly CrmRecord[]): string[] {
  return compare(contact, pushed)
    .filter(({ said, value }) => !said.includes(value) && !wasSaid(rest, value, pushed))
    .map(({ field, said, value }) => `has '${value}' as ${field} instead of ${[...new Set(said)].join(' or ')}`);
}

/**
 * How many fields of contacts say what a record said last that has ended, or is not pushed now, and no living one. The
 * newest value counts, so that it stays until a living record changes there.
 */
export function staleFields(rest: Rest): number {
  return [...rest.standing].reduce((sum, [id, records]) => {
    const contact = rest.contacts.get(id);
    const pushed = records.filter((record) => rest.isPushed(record));
    if (contact === undefined || pushed.length === 0) return sum;
    return sum + compare(contact, pushed).filter(({ said, value }) => !said.includes(value)).length;
  }, 0);
}

function wasSaid({ places }: Rest, value: string, pushed: readonly CrmRecord[]): boolean {
  const { headOf, records } = places.registry;
  const heads = new Set(pushed.map(({ person }) => headOf(person)));
  return records.some((other) => heads.has(headOf(other.person)) && !pushed.includes(other) && other.said.has(value));
}

/**
 * Who may be called has the tags of ours, who must not be called by any record of a kind has none that this kind gave; a
 * record that fails changes nothing, so that what it said before holds. A contact for which a record of a kind stands is
 * not tagged as left by that kind.
 */
function wrongTags(rest: Rest, { id, tags }: SandboxContact, pushed: readonly CrmRecord[]): string[] {
  const fails = new Set(rest.everOn(id).flatMap((record) => (rest.fails(record) ? [record.kind] : [])));
  return [...new Set(pushed.map(({ kind }) => kind))].flatMap((kind) => {
    const found = tags.includes(goneTag(kind)) ? [`is tagged as ${goneTag(kind)}`] : [];
    const isThere = tags.includes(ownTag(kind));
    if (pushed.some((record) => record.kind === kind && record.optedOut)) {
      return isThere ? [...found, `has the tag ${ownTag(kind)} of one who opted out`] : found;
    }
    return isThere || fails.has(kind) ? found : [...found, `lacks the tag ${ownTag(kind)}`];
  });
}

/** No number or address stands on two contacts, unless a merge has left a second one. */
function duplicates(rest: Rest): string[] {
  const holders = new Map<string, SandboxContact[]>();
  for (const contact of rest.contacts.values()) {
    for (const value of [...contact.phones, ...contact.emails.map((email) => email.toLowerCase())]) {
      holders.set(value, [...(holders.get(value) ?? []), contact]);
    }
  }
  return [...holders]
    .filter(
      ([value, contacts]) => contacts.length > 1 && !isLeftByMerge(rest, contacts) && !isBrought(rest, value, contacts),
    )
    .map(([value, contacts]) => `${value} stands on the contacts ${contacts.map(({ id }) => id).join(', ')}`);
}

/** Records that became one may have left a contact each with a number of both. */
function isLeftByMerge(rest: Rest, contacts: readonly SandboxContact[]): boolean {
  const [first = [], ...others] = contacts.map(({ id }) => rest.everOn(id));
  const isHandedDown = others.some((other) => other.some((record) => first.includes(record)));
  return isHandedDown || rest.areMerged(contacts.flatMap((contact) => peopleOn(rest, contact)));
}

/** Whose records ever stood for a contact; of one that only agents know, whose numbers it has. */
function peopleOn({ everOn, places }: Rest, { id, phones }: SandboxContact): readonly Person[] {
  const people = everOn(id).map(({ person }) => person);
  return people.length > 0 ? people : phones.flatMap((phone) => places.registry.owners.get(phone) ?? []);
}

/**
 * A number counts before an address, so that a record may bring its address to a contact that another one, or an agent,
 * has made without it, while a second contact has it already.
 */
function isBrought(rest: Rest, value: string, contacts: readonly SandboxContact[]): boolean {
  const isWithout = ({ id }: SandboxContact): boolean =>
    rest.places.agents.foreign.has(id) || rest.everOn(id).some((record) => emailOf(record) !== value);
  return value.includes('@') && contacts.some(isWithout);
}

/** What agents have put on a contact is there. */
function lostEntries({ contacts, places }: Rest): string[] {
  return [...places.agents.foreign].flatMap(([id, { birthday, phones, tags }]) => {
    const contact = contacts.get(id);
    if (contact === undefined) return [];
    const lost = [
      ...[...tags].filter((tag) => !contact.tags.includes(tag)),
      ...[...phones].filter((phone) => !contact.phones.includes(phone)),
      ...(birthday === undefined || contact.attributes['Birthday'] === birthday ? [] : [birthday]),
    ];
    return lost.map((entry) => `contact ${id} has lost ${entry}, which an agent had put there`);
  });
}

function describe(record: CrmRecord): string {
  return `${record.kind} ${record.id} '${nameOf(record)}'`;
}
