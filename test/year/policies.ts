import type { DoNotCall, MappingConfig, OnDelete, OnMerge } from '@cloudtalk-sync/mapping';

/** One kind of record, each read by a connection of its own. */
export type Kind = 'contact' | 'lead' | 'hubspot';
export const KINDS: readonly Kind[] = ['contact', 'lead', 'hubspot'];

/** What a connection does about records that end and people who must not be called. */
export interface Policy {
  readonly onDelete: OnDelete;
  readonly onMerge: OnMerge;
  readonly doNotCall: DoNotCall;
}

export type Policies = Readonly<Record<Kind, Policy>>;

const ON_DELETE: readonly ('keep' | 'tag' | 'delete')[] = ['keep', 'tag', 'delete'];
const ON_MERGE: readonly OnMerge[] = ['relink', 'delete second'];
const THEN: readonly DoNotCall['then'][] = ['skip', 'untag'];

/** Three consecutive seeds give every connection every policy for deleted records, six every one for merged ones. */
export function policiesOf(seed: number): Policies {
  const policyOf = (kind: Kind, index: number): Policy => {
    const onDelete = ON_DELETE[(seed + index) % 3] ?? 'keep';
    return {
      onDelete: onDelete === 'tag' ? { tag: goneTag(kind) } : onDelete,
      onMerge: ON_MERGE[(seed + index) % 2] ?? 'relink',
      doNotCall: doNotCallOf(kind, seed + index),
    };
  };
  return { contact: policyOf('contact', 0), lead: policyOf('lead', 1), hubspot: policyOf('hubspot', 2) };
}

/** Every second one that takes tags off names them. */
function doNotCallOf(kind: Kind, place: number): DoNotCall {
  const then = THEN[Math.floor(place / 2) % 2] ?? 'skip';
  const named = then === 'untag' && place % 2 === 1 ? { campaignTags: [ownTag(kind)] } : {};
  return { fields: [kind === 'hubspot' ? 'do_not_call' : 'DoNotCall'], then, ...named };
}

/** The tag of contacts whose record was deleted. */
export function goneTag(kind: Kind): string {
  return `left-${kind}`;
}

/** The tag of every contact that comes from records of a kind. */
export function ownTag(kind: Kind): string {
  return `from-${kind}`;
}

/** Each kind fills a field that the others do not, so that records of one person never contradict each other. */
export const MAPPINGS: Readonly<Record<Kind, MappingConfig>> = {
  contact: {
    name: '{{ FirstName }} {{ LastName }}',
    phone: ['Phone', 'MobilePhone'],
    email: 'Email',
    title: 'Title',
    tags: [{ value: 'crm' }],
  },
  lead: {
    name: '{{ FirstName }} {{ LastName }}',
    phone: ['Phone', 'MobilePhone'],
    email: 'Email',
    company: 'Company',
    tags: [{ value: 'crm' }],
  },
  hubspot: {
    name: '{{ firstname }} {{ lastname }}',
    phone: ['phone', 'mobilephone'],
    email: 'email',
    city: 'city',
    attributes: { Tier: 'company.name' },
  },
};

export const SALESFORCE_REPORT = {
  status: 'CloudTalk_Status__c',
  code: 'CloudTalk_Code__c',
  message: 'CloudTalk_Message__c',
  contactId: 'CloudTalk_Id__c',
  link: 'CloudTalk_Link__c',
  time: 'CloudTalk_Synced_At__c',
} as const;
export const HUBSPOT_REPORT = {
  status: 'ct_status',
  code: 'ct_code',
  message: 'ct_message',
  contactId: 'ct_id',
  link: 'ct_link',
  time: 'ct_time',
} as const;
/** Where a person finds a contact. */
export const CONTACT_URL = 'https://my.cloudtalk.io/contacts/{{ id }}';
