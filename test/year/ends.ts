import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import type { CrmRecord } from './crm-record.js';
import { goneTag, type Policies } from './policies.js';
import type { Rest } from './rest.js';

/** Contacts of records that are no more are kept, tagged or deleted, as the policies say; what is not, in sentences. */
export function endViolations(rest: Rest): string[] {
  const ids = new Set([...rest.contacts.keys(), ...rest.places.stoodFor.keys()]);
  return [...ids]
    .filter((id) => !rest.standing.has(id))
    .flatMap((id) => {
      const contact = rest.contacts.get(id);
      return contact === undefined ? missing(rest, id) : leftOver(rest, contact);
    });
}

function missing({ everOn, places }: Rest, id: number): string[] {
  const records = everOn(id);
  const mayBeGone = records.some((record) => !keeps(record, places.policies) || mayHaveTaken(record, places.policies));
  return mayBeGone ? [] : [`contact ${id} of ${list(records)} is gone, and should have stayed`];
}

function leftOver({ everOn, places }: Rest, contact: SandboxContact): string[] {
  const { agents, policies, registry } = places;
  const records = everOn(contact.id);
  if (records.length === 0) {
    const isKnown = agents.foreign.has(contact.id) || contact.phones.some((phone) => registry.owners.has(phone));
    return isKnown ? [] : [`contact ${contact.id} (${contact.name}) is nobody's`];
  }
  const ended = records.filter(({ fate }) => fate !== 'living');
  const kept = ended.filter((record) => keeps(record, policies));
  if (ended.length > 0 && kept.length === 0) return [`contact ${contact.id} of ${list(ended)} is still there`];
  const [only] = records.length === 1 ? kept : [];
  const isUntagged = only?.fate === 'deleted' && tagsEnd(only, policies) && !contact.tags.includes(goneTag(only.kind));
  return isUntagged ? [`contact ${contact.id} of ${list(kept)} is not tagged`] : [];
}

/** Whether a record, living or not, leaves its contact where it is. */
function keeps({ fate, kind }: CrmRecord, policies: Policies): boolean {
  const { onDelete, onMerge } = policies[kind];
  if (fate === 'living') return true;
  return fate === 'deleted' ? onDelete !== 'delete' : onMerge === 'relink';
}

/** Whether the record took its contact with it once, and came back without. */
function mayHaveTaken({ kind, wasDeleted }: CrmRecord, policies: Policies): boolean {
  return wasDeleted && policies[kind].onDelete === 'delete';
}

function tagsEnd({ kind }: CrmRecord, policies: Policies): boolean {
  return typeof policies[kind].onDelete === 'object';
}

function list(records: readonly CrmRecord[]): string {
  return records.map(({ fate, id, kind }) => `${kind} ${id} (${fate})`).join(', ');
}
