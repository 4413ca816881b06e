/** What to do about the answer for one record, by its status code (SOAP API Developer Guide, StatusCode). */
const FIXES: Readonly<Record<string, string>> = {
  UNABLE_TO_LOCK_ROW: 'Somebody was changing it at that moment; the next run writes it again.',
  SERVER_UNAVAILABLE: 'Salesforce was too busy; the next run writes it again.',
  QUERY_TIMEOUT: 'Salesforce was too busy; the next run writes it again.',
  FIELD_CUSTOM_VALIDATION_EXCEPTION:
    'A validation rule of the org refuses every change of this record: correct the record, or let the rule pass over the integration user.',
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:
    'A trigger or flow of the org refuses the change: its owner finds the reason in Setup > Apex Jobs or the flow error e-mail.',
  CANNOT_EXECUTE_FLOW_TRIGGER: 'A flow of the org fails on this record: its owner gets the reason by e-mail.',
  APEX_ERROR: 'A trigger of the org fails on this record: show this message to its developer.',
  STRING_TOO_LONG: 'Make the field longer in Setup > Object Manager; `check` says how long it should be.',
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: 'Add the value to the picklist, or switch off "Restrict picklist".',
  REQUIRED_FIELD_MISSING: 'The record lacks a field that the org now requires: fill it in.',
  INVALID_FIELD_FOR_INSERT_UPDATE: 'Give the integration user edit access to the field (Set Field-Level Security).',
  INVALID_EMAIL_ADDRESS: 'The record holds an e-mail that Salesforce itself refuses: correct it there.',
  INACTIVE_OWNER_OR_USER: 'The owner of the record is inactive: give it to another user.',
  OP_WITH_INVALID_USER_TYPE_EXCEPTION: 'The owner of the record is inactive: give it to another user.',
  DUPLICATES_DETECTED:
    'A duplicate rule refuses the change: merge the records, or let the rule pass over the integration user.',
  DUPLICATE_VALUE: 'The field must be unique in the org and another record has this value: make it not unique.',
  ENTITY_IS_DELETED: 'The record is in the recycle bin; there is nothing to do.',
  CANNOT_UPDATE_CONVERTED_LEAD:
    'The lead was converted: the next import follows it to its contact. If it stays so, give the integration user "View and Edit Converted Leads" and Read on Contact.',
  INVALID_CROSS_REFERENCE_KEY: 'The record is no more; there is nothing to do.',
  MALFORMED_ID: 'The id is none of this object: check options.object.',
  ENTITY_IS_LOCKED: 'The record waits in an approval and is locked: finish the approval.',
  INSUFFICIENT_ACCESS_OR_READONLY:
    'The integration user may not edit this record: share it with the user, or give "Modify All".',
};

/** What Salesforce says of a record that lies in the recycle bin, or is in none of its places any more. */
const GONE: ReadonlySet<string> = new Set(['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);

/** Whether the answer for a record says that it is no more. */
export function saysGone(code: string): boolean {
  return GONE.has(code);
}

const INSUFFICIENT = 'The integration user lacks a right on this record: share it with the user, or give "Modify All".';
const OTHER =
  'Look at the record in Salesforce: it refuses a change there in the same words. The next run tries it again.';

/** What a person should do when a record did not take its outcome. */
export function fixFor(code: string): string {
  return FIXES[code] ?? (code.startsWith('INSUFFICIENT_ACCESS') ? INSUFFICIENT : OTHER);
}
