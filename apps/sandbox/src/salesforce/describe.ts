import { DEFAULT_LENGTHS, type SandboxField } from './object-types.js';
import type { ObjectTable } from './org.js';
import { isGroupable } from './soql-run.js';

/** What describe() says of an object: the members that matter to a client that reads and updates. */
export function describeObject({ spec }: ObjectTable): object {
  return {
    name: spec.name,
    label: spec.name,
    keyPrefix: spec.keyPrefix,
    custom: spec.name.endsWith('__c'),
    queryable: true,
    retrieveable: true,
    updateable: spec.updateable ?? true,
    fields: spec.fields.map((field) => describeField(field, spec.name)),
  };
}

function describeField(field: SandboxField, object: string): object {
  const { name, type, relationshipName = null } = field;
  const length = field.length ?? DEFAULT_LENGTHS[type] ?? 0;
  return {
    name,
    label: name.replace(/__c$/, '').replaceAll('_', ' '),
    type,
    length,
    byteLength: length * 3,
    precision: type === 'double' ? 18 : 0,
    scale: 0,
    custom: name.endsWith('__c'),
    calculated: false,
    nillable: type !== 'boolean' && type !== 'id',
    createable: field.updateable ?? true,
    updateable: field.updateable ?? true,
    filterable: length <= 255,
    sortable: length <= 255,
    groupable: isGroupable({ field }),
    unique: field.unique ?? false,
    restrictedPicklist: field.values !== undefined,
    picklistValues: (field.values ?? []).map((value) => ({ value, label: value, active: true, defaultValue: false })),
    referenceTo: name === 'MasterRecordId' ? [object] : (field.referenceTo ?? []),
    relationshipName,
  };
}
