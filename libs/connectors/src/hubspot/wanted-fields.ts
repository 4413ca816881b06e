import { z } from 'zod';
import { MERGED } from './hubspot-answers.js';

/** What a connection asks of each contact, by where it has to be looked up. */
export interface WantedFields {
  /** Properties of the contact itself. */
  readonly own: readonly string[];
  /** Properties of its primary company: `company.<property>`. */
  readonly company: readonly string[];
  /** Of its owner: `owner.<field>`. */
  readonly owner: readonly OwnerField[];
  /** What no path leads to. */
  readonly unknown: readonly string[];
}

export const OWNER_FIELDS = ['email', 'firstName', 'lastName', 'id'] as const;
export type OwnerField = (typeof OWNER_FIELDS)[number];

/** What the name of a field that is read can be; its message says what to write. */
export const mappedName = z
  .string()
  .regex(new RegExp(`^(company\\.)?[a-z0-9_-]+$|^owner\\.(${OWNER_FIELDS.join('|')})$`), {
    error: `Write the internal name of a property, in small letters (firstname, not First name), company. and one of its company, or owner. and one of: ${OWNER_FIELDS.join(', ')}.`,
  });
/** What the name of a property that is written can be. */
export const writtenName = z.string().regex(/^[a-z0-9_-]+$/, {
  error: 'Write the internal name of a property of the contact, in small letters, such as cloudtalk_status.',
});

/** Sorts the fields that a mapping names; what has no dot is a property of the contact. */
export function wantedFields(fields: readonly string[]): WantedFields {
  const wanted = {
    own: new Set<string>(),
    company: new Set<string>(),
    owner: new Set<OwnerField>(),
    unknown: new Set<string>(),
  };
  for (const field of fields) {
    const [, object = '', name = ''] = /^([^.]+)\.(.+)$/.exec(field) ?? [];
    const ofOwner = OWNER_FIELDS.find((one) => one === name);
    if (object === '') wanted.own.add(field);
    else if (object === 'company' && !name.includes('.')) wanted.company.add(name);
    else if (object === 'owner' && ofOwner !== undefined) wanted.owner.add(ofOwner);
    else wanted.unknown.add(field);
  }
  const { own, company, owner, unknown } = wanted;
  return { own: [...own], company: [...company], owner: [...owner], unknown: [...unknown] };
}

/** The properties to ask HubSpot for: those of the mapping, and those that lead to the rest. */
export function requestedProperties({ own, company, owner }: WantedFields): readonly string[] {
  const more = [
    MERGED,
    ...(company.length > 0 ? ['associatedcompanyid'] : []),
    ...(owner.length > 0 ? ['hubspot_owner_id'] : []),
  ];
  return [...new Set([...own, ...more])];
}
