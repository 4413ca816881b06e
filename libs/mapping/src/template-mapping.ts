import {
  LIST_FIELDS,
  type ListField,
  type MappedContact,
  SINGLE_FIELDS,
  type SingleField,
} from '@cloudtalk-sync/validation';
import type { Mapping, MappingExtra } from './mapping.js';
import { type SourceFields, textOf } from './source-field.js';

/** A column of a file that was taken for one of CloudTalk's although it is spelled in another case or with spaces. */
export interface RepairedColumn {
  readonly from: string;
  readonly to: string;
}

/** The mapping of a file by CloudTalk's own template columns. */
export interface TemplateMapping extends Mapping {
  readonly repairedColumns: readonly RepairedColumn[];
}

type Column =
  | { readonly kind: 'single'; readonly name: string; readonly field: SingleField }
  | { readonly kind: 'list'; readonly name: string; readonly field: ListField }
  | { readonly kind: 'attribute'; readonly name: string; readonly field: string };

/**
 * Maps a file by the columns of CloudTalk's template; every other column is a custom attribute of that title, trimmed.
 * A column in another case or with spaces around is taken for the template's, unless the exact one is there too.
 */
export function templateMapping(header: readonly string[], extra: MappingExtra = {}): TemplateMapping {
  const columns = columnsOf(header);
  const tags = extra.tag === undefined || extra.tag === '' ? [] : [extra.tag];
  return {
    map: (fields) => mapColumns(columns, fields, tags),
    sourceFields: columns.map(({ name }) => name),
    attributes: columns.flatMap(({ kind, field }) => (kind === 'attribute' ? [field] : [])),
    usesAgents: columns.some(({ field, kind }) => kind === 'single' && field === 'favorite_agent'),
    repairedColumns: columns.flatMap(({ kind, name, field }) =>
      kind !== 'attribute' && name !== field ? [{ from: name, to: field }] : [],
    ),
  };
}

function columnsOf(header: readonly string[]): Column[] {
  const taken = new Set<string>(header.filter(isTemplateColumn));
  const columns: Column[] = [];
  for (const name of new Set(header)) {
    const title = name.trim();
    if (title === '') continue;
    const loose = title.toLowerCase();
    const isExact = isTemplateColumn(name);
    if (isExact || (isTemplateColumn(loose) && !taken.has(loose))) {
      taken.add(loose);
      columns.push(templateColumn(name, loose));
    } else {
      columns.push({ kind: 'attribute', name, field: title });
    }
  }
  return columns;
}

function templateColumn(name: string, field: string): Column {
  const single = SINGLE_FIELDS.find((known) => known === field);
  if (single) return { kind: 'single', name, field: single };
  const list = LIST_FIELDS.find((known) => known === field);
  return list ? { kind: 'list', name, field: list } : { kind: 'attribute', name, field };
}

function isTemplateColumn(name: string): boolean {
  return [...SINGLE_FIELDS, ...LIST_FIELDS].some((known) => known === name);
}

function mapColumns(columns: readonly Column[], fields: SourceFields, tags: readonly string[]): MappedContact {
  const single: Partial<Record<SingleField, string>> = {};
  const lists: Partial<Record<ListField, readonly string[]>> = {};
  const attributes: Record<string, string> = {};
  for (const { kind, name, field } of columns) {
    const text = textOf(fields[name]);
    if (text === undefined) continue;
    if (kind === 'single') single[field] = text;
    else if (kind === 'list') lists[field] = [text];
    else attributes[field] = text;
  }
  if (tags.length > 0) lists.tags = lists.tags ? [...lists.tags, ...tags] : tags;
  return { single, lists, attributes };
}
