import type { Finding } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import {
  type FieldDescription,
  fieldNamed,
  type ObjectDescription,
  type ObjectDescriptions,
} from './object-description.js';
import { mappedName } from './soql.js';

/** Fields that are made of others; of what they give, an object, a mapping makes nothing. */
const COMPOUND = ['address', 'location'];

/** Follows every field that the mapping looks at, through relationships too; a finding for each that leads nowhere. */
export async function mappedFieldFindings(
  object: ObjectDescription,
  fields: readonly string[],
  descriptions: ObjectDescriptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const field of fields) {
    const named = nameFinding(field, field, mappedName);
    const finding = named ?? (await follow([object], field, field.split('.'), descriptions, signal));
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

/** Looks for the rest of a path in objects that it may lead to; an owner may be a user or a queue. */
async function follow(
  objects: readonly ObjectDescription[],
  path: string,
  [name = '', ...rest]: readonly string[],
  descriptions: ObjectDescriptions,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const names = objects.map((object) => object.name).join(' or ');
  if (rest.length === 0) {
    const fields = objects.flatMap((object) => fieldNamed(object, name) ?? []);
    const [field] = fields;
    if (field === undefined) return noField(path, names, name);
    return fields.every(({ type }) => COMPOUND.includes(type)) ? compound(path, names, field) : undefined;
  }
  const lookups = objects.flatMap((object) =>
    object.fields.filter(({ relationshipName }) => relationshipName?.toLowerCase() === name.toLowerCase()),
  );
  if (lookups.length === 0) return noRelationship(path, names, name);
  const targets = [...new Set(lookups.flatMap(({ referenceTo }) => referenceTo ?? []))];
  const visible: ObjectDescription[] = [];
  for (const target of targets) {
    const described = await visibleOrNone(target, descriptions, signal);
    if (described !== undefined) visible.push(described);
  }
  return visible.length === 0 ? hidden(path, targets) : follow(visible, path, rest, descriptions, signal);
}

async function visibleOrNone(
  object: string,
  descriptions: ObjectDescriptions,
  signal: AbortSignal,
): Promise<ObjectDescription | undefined> {
  try {
    return await descriptions.of(object, signal);
  } catch (error) {
    if (error instanceof FatalError && error.code !== 'login_refused') return undefined;
    throw error;
  }
}

/** A finding for what can be no name at all. */
export function nameFinding(place: string, name: string, names: typeof mappedName): Finding | undefined {
  const fix = names.safeParse(name).error?.issues[0]?.message;
  return fix === undefined
    ? undefined
    : { place, message: `"${name}" cannot be the name of a field of Salesforce.`, fix };
}

function noField(place: string, objects: string, name: string): Finding {
  return {
    place,
    message: `${objects} has no field ${name}, or the integration user may not see it.`,
    fix: `Correct the API name in the mapping (a custom field ends in __c), or make it visible in Setup > Object Manager > ${objects} > Fields & Relationships > ${name} > Set Field-Level Security.`,
  };
}

function compound(place: string, objects: string, { name, type }: FieldDescription): Finding {
  return {
    place,
    message: `The field ${name} of ${objects} is of type ${type}, which is made of several fields: as a whole it gives nothing to a contact.`,
    fix: 'Map its parts: MailingStreet, MailingCity and so on for MailingAddress; Office__Street__s, Office__City__s for Office__c.',
  };
}

function noRelationship(place: string, objects: string, name: string): Finding {
  return {
    place,
    message: `${objects} has no relationship ${name}, so ${place} leads nowhere.`,
    fix: 'Write the name of the relationship, not of its field: Owner for OwnerId, Account for AccountId, Partner__r for Partner__c.',
  };
}

function hidden(place: string, objects: readonly string[]): Finding {
  return {
    place,
    message: `${place} leads to ${objects.join(' or ')}, which the integration user may not see.`,
    fix: `Give it Read on ${objects.join(' or ')} by a permission set (Setup > Permission Sets > Object Settings).`,
  };
}
