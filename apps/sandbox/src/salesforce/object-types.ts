/** What a field is, as describe() names it. */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'boolean'
  | 'double'
  | 'date'
  | 'datetime'
  | 'reference'
  | 'address'
  | 'location';

export interface SandboxField {
  readonly name: string;
  readonly type: FieldType;
  /** The most characters of a text; default as Salesforce has it for the type. */
  readonly length?: number;
  /** Default true. */
  readonly updateable?: boolean;
  /** Whether GROUP BY takes it; default: all but long texts and times. */
  readonly groupable?: boolean;
  /** Whether it takes each value only once; default false. */
  readonly unique?: boolean;
  /** The only values that a restricted picklist takes. */
  readonly values?: readonly string[];
  /** The objects that a reference may lead to. */
  readonly referenceTo?: readonly string[];
  /** The name that leads through a reference in a query: `Owner`. */
  readonly relationshipName?: string;
}

export interface SandboxObject {
  readonly name: string;
  /** The first three characters of its ids. */
  readonly keyPrefix: string;
  /** Default true. */
  readonly updateable?: boolean;
  readonly fields: readonly SandboxField[];
}

/** The most characters of a text field of each type, unless the field says otherwise (Salesforce's field types). */
export const DEFAULT_LENGTHS: Readonly<Partial<Record<FieldType, number>>> = {
  id: 18,
  reference: 18,
  string: 255,
  textarea: 255,
  email: 80,
  phone: 40,
  url: 255,
  picklist: 255,
};

const SYSTEM: readonly SandboxField[] = [
  { name: 'Id', type: 'id', updateable: false },
  { name: 'IsDeleted', type: 'boolean', updateable: false },
  { name: 'CreatedDate', type: 'datetime', updateable: false },
  { name: 'LastModifiedDate', type: 'datetime', updateable: false },
  { name: 'SystemModstamp', type: 'datetime', updateable: false },
];

const PERSON: readonly SandboxField[] = [
  { name: 'FirstName', type: 'string', length: 40 },
  { name: 'LastName', type: 'string', length: 80 },
  { name: 'Title', type: 'string', length: 128 },
  { name: 'Email', type: 'email' },
  { name: 'Phone', type: 'phone' },
  { name: 'MobilePhone', type: 'phone' },
  { name: 'LeadSource', type: 'picklist' },
  { name: 'DoNotCall', type: 'boolean' },
  { name: 'HasOptedOutOfCall', type: 'boolean' },
  { name: 'HasOptedOutOfEmail', type: 'boolean' },
  { name: 'Description', type: 'textarea', length: 32_000, groupable: false },
  { name: 'CloudTalk_Status__c', type: 'picklist' },
  { name: 'CloudTalk_Code__c', type: 'string' },
  { name: 'CloudTalk_Message__c', type: 'textarea', length: 255 },
  { name: 'CloudTalk_Id__c', type: 'string', length: 20 },
  { name: 'CloudTalk_Link__c', type: 'url' },
  { name: 'CloudTalk_Synced_At__c', type: 'datetime' },
];

const MASTER: SandboxField = {
  name: 'MasterRecordId',
  type: 'reference',
  updateable: false,
  referenceTo: [],
  relationshipName: 'MasterRecord',
};
const owner = (...referenceTo: readonly string[]): SandboxField => ({
  name: 'OwnerId',
  type: 'reference',
  referenceTo,
  relationshipName: 'Owner',
});
const toAccount: SandboxField = {
  name: 'AccountId',
  type: 'reference',
  referenceTo: ['Account'],
  relationshipName: 'Account',
};

const CONVERSION: readonly SandboxField[] = [
  { name: 'IsConverted', type: 'boolean', updateable: false },
  {
    name: 'ConvertedContactId',
    type: 'reference',
    updateable: false,
    referenceTo: ['Contact'],
    relationshipName: 'ConvertedContact',
  },
];

const DEFAULTS: readonly SandboxObject[] = [
  {
    name: 'Contact',
    keyPrefix: '003',
    fields: [...SYSTEM, MASTER, owner('User'), toAccount, ...PERSON, { name: 'MailingCountry', type: 'string' }],
  },
  {
    name: 'Lead',
    keyPrefix: '00Q',
    fields: [
      ...SYSTEM,
      MASTER,
      owner('Group', 'User'),
      ...CONVERSION,
      ...PERSON,
      { name: 'Company', type: 'string' },
      { name: 'Country', type: 'string' },
    ],
  },
  {
    name: 'Account',
    keyPrefix: '001',
    fields: [...SYSTEM, MASTER, owner('User'), { name: 'Name', type: 'string' }, { name: 'Tier__c', type: 'picklist' }],
  },
  {
    name: 'User',
    keyPrefix: '005',
    fields: [...SYSTEM, { name: 'Name', type: 'string' }, { name: 'Email', type: 'email' }],
  },
  { name: 'Group', keyPrefix: '00G', fields: [...SYSTEM, { name: 'Name', type: 'string' }] },
];

/** The objects of a new org, with custom fields added; a field of a known name takes the place of the one there. */
export function objectsWith(custom: Readonly<Record<string, readonly SandboxField[]>>): readonly SandboxObject[] {
  return DEFAULTS.map((object) => {
    const added = custom[object.name] ?? [];
    const kept = object.fields.filter(({ name }) => !added.some((field) => field.name === name));
    return { ...object, fields: [...kept, ...added] };
  });
}
