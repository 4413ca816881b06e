import {
  type ClearedField,
  LIST_FIELDS,
  type ListField,
  type MappedContact,
  SINGLE_FIELDS,
  type SingleField,
  TEMPLATE_COLUMNS,
} from '@cloudtalk-sync/validation';
import { type CompiledForm, compileRule, firstFilled } from './mapping-form.js';
import type { MappingConfig, MappingRule } from './mapping-schema.js';
import type { SourceFields, TextOf } from './source-field.js';

/** From the fields of a source record to an unchecked contact. */
export interface Mapping {
  /** The texts as the source gave them, untrimmed and unsplit; never throws. */
  map(fields: SourceFields): MappedContact;
  /** The source fields that it looks at, each once. */
  readonly sourceFields: readonly string[];
  /** The titles of the custom attributes that it fills, each once. */
  readonly attributes: readonly string[];
  /** True when it fills `favorite_agent`, so that the account's agents are needed. */
  readonly usesAgents: boolean;
}

/** What an import adds to every contact. */
export interface MappingExtra {
  /** One more tag, to tell the import apart later. */
  readonly tag?: string;
}

interface Target<Field> {
  readonly field: Field;
  readonly text: TextOf;
}

interface ListTarget {
  readonly field: ListField;
  readonly texts: readonly TextOf[];
}

/** Makes the `mapping:` section of a connection ready to map. */
export function compileMapping(config: MappingConfig, extra: MappingExtra = {}): Mapping {
  const used: CompiledForm[] = [];
  const compile = (rule: MappingConfig[SingleField | ListField]): CompiledForm[] => {
    const forms = rule === undefined ? [] : compileRule(rule);
    used.push(...forms);
    return forms;
  };
  const singles = SINGLE_FIELDS.flatMap((field) => target(field, compile(config[field])));
  const lists = LIST_FIELDS.flatMap((field) => listTarget(field, compile(config[field]), extra));
  const attributes = Object.entries(config.attributes ?? {}).flatMap(([title, rule]) => target(title, compile(rule)));
  const clearing = clearingFields(config);
  return {
    map: (fields) => {
      const mapped = {
        single: mapSingles(singles, fields),
        lists: mapLists(lists, fields),
        attributes: mapSingles(attributes, fields),
      };
      return clearing.length === 0 ? mapped : { ...mapped, clear: clearing };
    },
    sourceFields: [...new Set(used.flatMap(({ sourceFields }) => sourceFields))],
    attributes: attributes.map(({ field }) => field),
    usesAgents: config.favorite_agent !== undefined,
  };
}

/** The fields of which a form says `clear`; a name is never emptied. */
function clearingFields(config: MappingConfig): readonly ClearedField[] {
  const clears = (rule: MappingRule | undefined): boolean =>
    rule !== undefined && [rule].flat().some((form) => typeof form === 'object' && 'clear' in form);
  const fields = TEMPLATE_COLUMNS.filter((field) => field !== 'name' && clears(config[field]));
  const titles = Object.entries(config.attributes ?? {}).flatMap(([title, rule]) =>
    clears(rule) ? [`attributes.${title}` as const] : [],
  );
  return [...fields, ...titles];
}

function target<Field>(field: Field, forms: readonly CompiledForm[]): Target<Field>[] {
  return forms.length === 0 ? [] : [{ field, text: firstFilled(forms) }];
}

function listTarget(field: ListField, forms: readonly CompiledForm[], { tag }: MappingExtra): ListTarget[] {
  const texts = forms.map(({ text }) => text);
  if (field === 'tags' && tag !== undefined && tag !== '') texts.push(() => tag);
  return texts.length === 0 ? [] : [{ field, texts }];
}

function mapSingles<Field extends string>(
  targets: readonly Target<Field>[],
  fields: SourceFields,
): Partial<Record<Field, string>> & Record<string, string> {
  const mapped: Record<string, string> = {};
  for (const { field, text } of targets) {
    const value = text(fields);
    if (value !== undefined) mapped[field] = value;
  }
  return mapped as Partial<Record<Field, string>> & Record<string, string>;
}

function mapLists(targets: readonly ListTarget[], fields: SourceFields): MappedContact['lists'] {
  const mapped: Partial<Record<ListField, string[]>> = {};
  for (const { field, texts } of targets) {
    for (const text of texts) {
      const value = text(fields);
      if (value === undefined) continue;
      const values = mapped[field];
      if (values) values.push(value);
      else mapped[field] = [value];
    }
  }
  return mapped;
}
