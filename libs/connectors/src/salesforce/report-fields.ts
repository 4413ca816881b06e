import { type Finding, type RecordOutcome, REPORT_PARTS, type ReportPart } from '@cloudtalk-sync/connector-kit';
import { type FieldDescription, fieldNamed, type ObjectDescription } from './object-description.js';
import { nameFinding } from './mapped-fields.js';
import { writtenName } from './soql.js';

export type Report = Readonly<Partial<Record<ReportPart, string>>>;

/** What is wrong with a field of the report; `blocks`: nothing can be written because of it. */
export interface ReportFinding extends Finding {
  readonly blocks: boolean;
}

/** Not `email`, which takes addresses only. */
const TEXTS = ['string', 'textarea', 'picklist', 'multipicklist', 'combobox', 'url', 'phone'];
const NUMBERS = ['double', 'int', 'long', 'currency'];

interface Part {
  /** The types of describe() that can hold it. */
  readonly types: readonly string[];
  /** The fewest characters that a text field needs; a shorter one gets cut or refused. */
  readonly shortest: number;
  /** What to create for it in Setup. */
  readonly create: string;
}

const PARTS: Readonly<Record<ReportPart, Part>> = {
  /** `imported` is the longest status. */
  status: { types: TEXTS, shortest: 8, create: 'Text(20)' },
  /** Two codes and what joins them. */
  code: { types: TEXTS, shortest: 40, create: 'Text(255)' },
  /** A sentence that says what to do. */
  message: { types: TEXTS, shortest: 80, create: 'Text Area(255)' },
  /** Ids of CloudTalk have up to ten digits. */
  contactId: { types: [...TEXTS, ...NUMBERS], shortest: 10, create: 'Text(20)' },
  /** An address with an id in it. */
  link: { types: TEXTS, shortest: 60, create: 'URL' },
  /** An ISO time. */
  time: { types: [...TEXTS, 'datetime', 'date'], shortest: 24, create: 'Date/Time' },
};
const STATUSES: readonly RecordOutcome['status'][] = ['imported', 'failed', 'skipped'];

/** Everything in the description of the object that stands against a report. */
export function reportFindings(object: ObjectDescription, report: Report): readonly ReportFinding[] {
  const findings = REPORT_PARTS.flatMap((part) => {
    const name = report[part];
    if (name === undefined) return [];
    const named = nameFinding(`report.${part}`, name, writtenName) ?? sharedFinding(report, part, name);
    return named === undefined ? partFindings(object, part, name) : [{ ...named, blocks: true }];
  });
  if (object.updateable || Object.keys(report).length === 0) return findings;
  const message = `The integration user may not edit records of ${object.name}, so no outcome can be written back.`;
  const fix = `Give it Edit on ${object.name} by a permission set (Setup > Permission Sets > Object Settings).`;
  return [{ place: object.name, message, fix, blocks: true }, ...findings];
}

/** A finding for a field that an earlier part of the report is written to already. */
function sharedFinding(report: Report, part: ReportPart, name: string): Finding | undefined {
  const first = REPORT_PARTS.find((one) => report[one]?.toLowerCase() === name.toLowerCase());
  if (first === undefined || first === part) return undefined;
  const message = `The field ${name} takes report.${first} already, and would keep only one of the two.`;
  return { place: `report.${part}`, message, fix: 'Give each part of report a field of its own.' };
}

function partFindings(object: ObjectDescription, part: ReportPart, name: string): readonly ReportFinding[] {
  const field = fieldNamed(object, name);
  const finding = (message: string, fix: string, blocks = true): readonly ReportFinding[] => [
    { place: `report.${part}`, message, fix, blocks },
  ];
  const { create, shortest, types } = PARTS[part];
  const setup = `Setup > Object Manager > ${object.name} > Fields & Relationships`;
  if (field === undefined) {
    return finding(
      `${object.name} has no field ${name}, or the integration user may not see it.`,
      `Create it in ${setup} > New, as ${create} with the API name ${name}, and make it visible to the user (Set Field-Level Security).`,
    );
  }
  if (!field.updateable) {
    const fix = `Give it edit access to the field (${setup} > ${name} > Set Field-Level Security), or report to a field that is no formula.`;
    return finding(`The integration user may not write the field ${name}.`, fix);
  }
  const isList = part !== 'status' && field.restrictedPicklist === true;
  if (isList || !types.includes(field.type)) {
    const kind = isList ? 'a restricted picklist' : `of the type ${field.type}`;
    const fix = `Report to a field of the type ${create}.`;
    return finding(`The field ${name} is ${kind}, which cannot hold the ${part}.`, fix);
  }
  if (field.unique === true) {
    const message = `The field ${name} takes each value only once, but several records can have the same ${part}.`;
    return finding(message, `Switch off "Unique" (${setup} > ${name} > Edit), or report to another field.`, false);
  }
  const missing = part === 'status' ? missingValues(field) : [];
  if (missing.length > 0) {
    const fix = `Add them in ${setup} > ${name} > Values, or switch off "Restrict picklist".`;
    return finding(`The picklist ${name} does not allow: ${missing.join(', ')}.`, fix);
  }
  if (!TEXTS.includes(field.type) || field.length === 0 || field.length >= shortest) return [];
  const message = `The field ${name} takes only ${field.length} characters, which is too short for the ${part}.`;
  return finding(message, `Give it at least ${shortest} (${setup} > ${name} > Edit).`, false);
}

function missingValues({ picklistValues, restrictedPicklist }: FieldDescription): readonly string[] {
  if (restrictedPicklist !== true) return [];
  const allowed = (picklistValues ?? []).flatMap(({ active, value }) => (active ? [value] : []));
  return STATUSES.filter((status) => !allowed.includes(status));
}

/** A part of an outcome that is longer than its field and may not be cut, since it would then be another one. */
export function isTooLong(part: ReportPart, outcome: RecordOutcome, { length, type }: FieldDescription): boolean {
  if (part !== 'contactId' && part !== 'link') return false;
  return TEXTS.includes(type) && length > 0 && outcome[part].length > length;
}

/** What is written of an outcome into one field, where it is not too long; null clears it. */
export function reportedValue(
  part: ReportPart,
  outcome: RecordOutcome,
  field: FieldDescription,
): string | number | null {
  if (part === 'time') return timeFor(outcome.time, field);
  const text = outcome[part];
  if (text === '') return null;
  if (NUMBERS.includes(field.type)) return Number(text);
  return cut(text, field.length);
}

function timeFor(time: Date, { length, type }: FieldDescription): string {
  const text = time.toISOString();
  if (type === 'date') return text.slice(0, 10);
  return type === 'datetime' ? text : cut(text, length);
}

/** A text of at most so many UTF-16 units, as Salesforce counts; never half a character, and an ellipsis says that it goes on. */
export function cut(text: string, length: number): string {
  if (length <= 0 || text.length <= length) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > length - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
