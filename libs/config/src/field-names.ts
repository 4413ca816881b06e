import type { Connector } from '@cloudtalk-sync/connector-kit';
import { ruleSchema, sourceFieldsOf } from '@cloudtalk-sync/mapping';
import type { Finding } from './explain.js';
import type { Path } from './yaml-document.js';

type Raw = Readonly<Record<string, unknown>>;
type Names = NonNullable<Connector['fieldNames']>;

/** A name of a field, and where it stands in the file. */
interface Named {
  readonly path: Path;
  readonly name: string;
}

/** What the mapping, `doNotCall` and the report of a connection name that can be no field of its source; each of them. */
export function checkFieldNames(raw: Raw, path: Path, { fieldNames, type }: Connector): readonly Finding[] {
  if (fieldNames === undefined) return [];
  const mapped = [...mappedNames(raw['mapping'], [...path, 'mapping']), ...optOutNames(raw['doNotCall'], path)];
  const written = writtenNames(raw['report'], path);
  return [...wrongOnes(mapped, fieldNames.mapped, type), ...wrongOnes(written, fieldNames.written, type)];
}

/** A field that takes the outcome back must not be read: each import would then change what the next one reads. */
export function checkEchoes({ doNotCall, mapping, report }: Raw, path: Path): readonly Finding[] {
  const readBy = new Map<string, string>();
  for (const { name } of optOutNames(doNotCall, path)) readBy.set(name.toLowerCase(), 'doNotCall.fields');
  for (const { name } of mappedNames(mapping, path)) readBy.set(name.toLowerCase(), 'the mapping');
  return writtenNames(report, path).flatMap(({ name, path: place }) => {
    const reader = readBy.get(name.toLowerCase());
    if (reader === undefined) return [];
    const message = `The field ${name} takes the outcome back and also feeds ${reader}, so each import would change what the next one reads.`;
    return [{ path: place, message, expected: `Report to a field of its own, or take it out of ${reader}.` }];
  });
}

/** Parts of a report that would go into one field, which keeps only one of them. */
export function checkRepeatedFields({ report }: Raw, path: Path): readonly Finding[] {
  const parts = Object.entries(groupOf(report)).filter(([, name]) => typeof name === 'string' && name !== '');
  const keys = parts.map(([, name]) => String(name).toLowerCase());
  return parts.flatMap(([part, name], index) => {
    const [first = ''] = parts[keys.indexOf(keys[index] ?? '')] ?? [];
    if (first === part) return [];
    const message = `The field ${String(name)} takes report.${first} already, and would keep only one of the two.`;
    return [{ path: [...path, 'report', part], message, expected: 'Give each part of report a field of its own.' }];
  });
}

function wrongOnes(all: readonly Named[], names: Names['mapped'], type: string): readonly Finding[] {
  return all.flatMap(({ name, path }) => {
    const expected = names.safeParse(name).error?.issues[0]?.message;
    if (expected === undefined) return [];
    return [{ path, message: `"${name}" cannot be the name of a field of ${type}.`, expected }];
  });
}

function mappedNames(mapping: unknown, path: Path): readonly Named[] {
  const { attributes, ...fields } = groupOf(mapping);
  return [...rulesOf(fields, path), ...rulesOf(groupOf(attributes), [...path, 'attributes'])];
}

/** The names in rules that can be understood; the schema speaks of the others. */
function rulesOf(rules: Raw, path: Path): readonly Named[] {
  return Object.entries(rules).flatMap(([target, raw]) => {
    const rule = ruleSchema.safeParse(raw);
    if (!rule.success) return [];
    return sourceFieldsOf(rule.data).flatMap((names, index) =>
      names.map((name) => ({ name, path: [...path, target, ...(Array.isArray(raw) ? [index] : [])] })),
    );
  });
}

function optOutNames(doNotCall: unknown, path: Path): readonly Named[] {
  const { fields } = groupOf(doNotCall);
  if (!Array.isArray(fields)) return [];
  return (fields as unknown[]).flatMap((name, index) => named(name, [...path, 'doNotCall', 'fields', index]));
}

function writtenNames(report: unknown, path: Path): readonly Named[] {
  return Object.entries(groupOf(report)).flatMap(([part, name]) => named(name, [...path, 'report', part]));
}

function named(name: unknown, path: Path): readonly Named[] {
  return typeof name === 'string' && name !== '' ? [{ name, path }] : [];
}

function groupOf(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
