import type { MappingForm, MappingRule } from './mapping-schema.js';
import { readField, type TextOf, textOf } from './source-field.js';

/** A form made ready: how to get its text, and which source fields it looks at. */
export interface CompiledForm {
  readonly text: TextOf;
  readonly sourceFields: readonly string[];
}

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The forms of a rule, made ready, in their order. */
export function compileRule(rule: MappingRule): CompiledForm[] {
  return (Array.isArray(rule) ? rule : [rule]).map(compileForm);
}

/** The source fields that each form of a rule looks at, in their order. */
export function sourceFieldsOf(rule: MappingRule): readonly (readonly string[])[] {
  return compileRule(rule).map(({ sourceFields }) => sourceFields);
}

/** The text of the first form that is filled; blanks count only when nothing else does. */
export function firstFilled(forms: readonly CompiledForm[]): TextOf {
  const [only] = forms;
  if (only && forms.length === 1) return only.text;
  return (fields) => {
    let blank: string | undefined;
    for (const form of forms) {
      const text = form.text(fields);
      if (text !== undefined && text.trim() !== '') return text;
      blank ??= text;
    }
    return blank;
  };
}

function compileForm(form: MappingForm): CompiledForm {
  if (typeof form === 'string') {
    return form.includes('{{') ? compileTemplate(form) : { text: readField(form), sourceFields: [form] };
  }
  if ('value' in form) {
    const constant = textOf(form.value);
    return { text: () => constant, sourceFields: [] };
  }
  return { text: compileLookup(form), sourceFields: [form.from] };
}

function compileTemplate(template: string): CompiledForm {
  const sourceFields = Array.from(template.matchAll(PLACE), ([, name = '']) => name);
  const readers = sourceFields.map(readField);
  const literals = template.replace(PLACE, '{{').split('{{');
  const text: TextOf = (fields) => {
    let filled = literals[0] ?? '';
    readers.forEach((read, index) => {
      filled += (read(fields) ?? '') + (literals[index + 1] ?? '');
    });
    return textOf(filled.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, ''));
  };
  return { text, sourceFields };
}

function compileLookup({ from, lookup, default: otherwise }: Extract<MappingForm, { from: string }>): TextOf {
  const read = readField(from);
  const fallback = textOf(otherwise);
  if (!lookup) return (fields) => read(fields) ?? fallback;
  const exact = new Map(Object.entries(lookup).map(([key, value]) => [key, textOf(value)]));
  const loose = new Map([...exact].reverse().map(([key, value]) => [looseKey(key), value]));
  return (fields) => {
    const text = read(fields);
    if (text === undefined) return fallback;
    if (exact.has(text)) return exact.get(text);
    const key = looseKey(text);
    return loose.has(key) ? loose.get(key) : fallback;
  };
}

function looseKey(text: string): string {
  return text.trim().toLowerCase();
}
