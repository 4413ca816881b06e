/** The definition of a property, as the API shows it. */
export interface Property {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly fieldType: string;
  readonly groupName: string;
  readonly options: readonly { readonly label: string; readonly value: string; readonly hidden: boolean }[];
  readonly hubspotDefined: boolean;
  readonly hasUniqueValue: boolean;
  readonly modificationMetadata: { readonly readOnlyValue: boolean; readonly readOnlyDefinition: boolean };
}

const PROPERTY_TYPES = ['bool', 'date', 'datetime', 'enumeration', 'number', 'phone_number', 'string'];
const LIFECYCLE = ['subscriber', 'lead', 'customer', 'evangelist'];
/** HubSpot refuses longer texts (DESIGN's cut at 65,000 stays below). */
const LONGEST_TEXT = 65_536;

/** The properties of contacts that the stand-in begins with. */
export function contactProperties(): Property[] {
  const writable = ['email', 'firstname', 'lastname', 'phone', 'mobilephone', 'company', 'jobtitle', 'website'];
  const places = ['address', 'city', 'state', 'zip', 'country'];
  return [
    ...[...writable, ...places].map((name) => property(name, 'string')),
    property('lifecyclestage', 'enumeration', { options: LIFECYCLE }),
    property('hubspot_owner_id', 'enumeration', { fieldType: 'select' }),
    property('do_not_call', 'bool', { fieldType: 'booleancheckbox' }),
    property('createdate', 'datetime', { readOnly: true }),
    property('lastmodifieddate', 'datetime', { readOnly: true }),
    property('hs_object_id', 'number', { readOnly: true }),
    property('hs_merged_object_ids', 'enumeration', { readOnly: true }),
    property('associatedcompanyid', 'number', { readOnly: true }),
  ];
}

/** The properties of companies that the stand-in begins with. */
export function companyProperties(): Property[] {
  return [
    ...['name', 'domain', 'phone', 'city', 'country', 'industry'].map((name) => property(name, 'string')),
    property('hs_object_id', 'number', { readOnly: true }),
    property('hs_merged_object_ids', 'enumeration', { readOnly: true }),
  ];
}

export interface PropertyTraits {
  readonly readOnly?: boolean;
  /** Whether it takes each value only once. */
  readonly unique?: boolean;
  readonly options?: readonly string[];
}

/** A property as a person would define it. */
export function property(
  name: string,
  type: string,
  more: PropertyTraits & { readonly fieldType?: string } = {},
): Property {
  const readOnly = more.readOnly ?? false;
  return {
    name,
    label: name,
    type,
    fieldType: more.fieldType ?? (type === 'enumeration' ? 'select' : 'text'),
    groupName: 'contactinformation',
    options: (more.options ?? []).map((value) => ({ label: value, value, hidden: false })),
    hubspotDefined: true,
    hasUniqueValue: more.unique ?? false,
    modificationMetadata: { readOnlyValue: readOnly, readOnlyDefinition: true },
  };
}

/** A property from the body of a request; undefined when a member is missing or unknown. */
export function readProperty(body: Readonly<Record<string, unknown>>): Property | undefined {
  const { name, label, type, fieldType, groupName } = body;
  const texts = [name, label, type, fieldType, groupName];
  if (!texts.every((text) => typeof text === 'string' && text !== '')) return undefined;
  if (!PROPERTY_TYPES.includes(String(type)) || !/^[a-z][a-z0-9_]*$/.test(String(name))) return undefined;
  return {
    ...property(String(name), String(type), { fieldType: String(fieldType) }),
    label: String(label),
    groupName: String(groupName),
    hubspotDefined: false,
    modificationMetadata: { readOnlyValue: false, readOnlyDefinition: false },
  };
}

/** Why a property refuses a value of a write, as HubSpot's error code and message; undefined when it takes it. */
export function refusal(
  name: string,
  definition: Property | undefined,
  value: unknown,
): { readonly error: string; readonly message: string } | undefined {
  if (definition === undefined) {
    return { error: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` };
  }
  if (definition.modificationMetadata.readOnlyValue) {
    return { error: 'READ_ONLY_VALUE', message: `"${name}" is a read only property; its value cannot be set.` };
  }
  if (typeof value !== 'string') return { error: 'INVALID_TYPE', message: `${name} must be a string` };
  if (value === '') return undefined;
  if (value.length > LONGEST_TEXT) return { error: 'INVALID_LENGTH', message: `${name} was too long` };
  return refusalOfType(definition, value);
}

function refusalOfType({ type, options }: Property, value: string): ReturnType<typeof refusal> {
  if ((type === 'number' || type === 'date') && Number.isNaN(Number(value)) && Number.isNaN(Date.parse(value))) {
    return { error: 'INVALID_INTEGER', message: `${value} was not a valid ${type}.` };
  }
  if (type === 'datetime' && Number.isNaN(Number(value)) && Number.isNaN(Date.parse(value))) {
    return { error: 'INVALID_LONG', message: `${value} was not a valid long.` };
  }
  if (type === 'enumeration' && options.length > 0 && !options.some((option) => option.value === value)) {
    const allowed = options.map((option) => option.value).join(', ');
    return { error: 'INVALID_OPTION', message: `${value} was not one of the allowed options: [${allowed}]` };
  }
  return undefined;
}
