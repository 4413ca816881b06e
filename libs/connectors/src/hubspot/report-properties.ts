import type { RecordOutcome, ReportPart } from '@cloudtalk-sync/connector-kit';
import type { NewProperty } from './hubspot-api.js';

/** HubSpot takes texts of up to 65,536 characters; the rest is left for what it counts twice. */
const LONGEST_TEXT = 65_000;
/** The group that `setup` makes its properties in. */
export const GROUP = { name: 'cloudtalk_sync', label: 'CloudTalk sync' } as const;

export type Report = Readonly<Partial<Record<ReportPart, string>>>;

/** For each part of an outcome: what a person calls its property, and what types of property can take it. */
const PARTS: Readonly<Record<ReportPart, { readonly label: string; readonly types: readonly string[] }>> = {
  status: { label: 'CloudTalk status', types: ['string', 'enumeration'] },
  code: { label: 'CloudTalk error code', types: ['string'] },
  message: { label: 'CloudTalk message', types: ['string'] },
  contactId: { label: 'CloudTalk contact id', types: ['string', 'number'] },
  link: { label: 'CloudTalk link', types: ['string'] },
  time: { label: 'CloudTalk synced at', types: ['datetime', 'date', 'string'] },
};

/** The types of property that can take a part; the first is the one that `setup` makes. */
export function typesFor(part: ReportPart): readonly string[] {
  return PARTS[part].types;
}

/** The property that `setup` makes for a part. */
export function newProperty(part: ReportPart, name: string): NewProperty {
  const { label } = PARTS[part];
  if (part === 'time') return { name, label, type: 'datetime', fieldType: 'date', groupName: GROUP.name };
  const fieldType = part === 'message' ? 'textarea' : 'text';
  return { name, label, type: 'string', fieldType, groupName: GROUP.name };
}

/** The configured parts with their properties. */
export function partsOf(report: Report): readonly (readonly [ReportPart, string])[] {
  return (Object.keys(PARTS) as ReportPart[]).flatMap((part): [ReportPart, string][] => {
    const name = report[part];
    return name === undefined ? [] : [[part, name]];
  });
}

/** The part of an outcome that is longer than a property holds and may not be cut, since it would then be another one. */
export function partTooLong(outcome: RecordOutcome, report: Report): 'contactId' | 'link' | undefined {
  return (['contactId', 'link'] as const).find(
    (part) => report[part] !== undefined && outcome[part].length > LONGEST_TEXT,
  );
}

/** An outcome as the values of properties; an empty text clears one. */
export function valuesFor(
  outcome: RecordOutcome,
  report: Report,
  typeOfTime: string | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    partsOf(report).map(([part, name]) => [
      name,
      part === 'time' ? timeText(outcome.time, typeOfTime) : cut(outcome[part]),
    ]),
  );
}

/** HubSpot keeps a date as the midnight of UTC, and both kinds of time in epoch milliseconds. */
function timeText(time: Date, type: string | undefined): string {
  if (type === 'date') return String(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()));
  return type === 'datetime' ? String(time.getTime()) : time.toISOString();
}

/** Cuts without leaving half of a character. */
function cut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return text.slice(0, LONGEST_TEXT - 1).replace(/[\ud800-\udbff]$/, '') + '…';
}
