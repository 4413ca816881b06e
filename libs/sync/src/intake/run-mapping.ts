import type { InputDescription } from '@cloudtalk-sync/connector-kit';
import { FatalError } from '@cloudtalk-sync/errors';
import { compileMapping, type Mapping, templateMapping } from '@cloudtalk-sync/mapping';
import type { ValidationRules, Warning } from '@cloudtalk-sync/validation';
import type { RunSettings } from '../settings.js';

/** The mapping of a run: the configured one, else CloudTalk's template columns. */
export function mappingOf(
  settings: Pick<RunSettings, 'mapping' | 'tag'>,
  input: Pick<InputDescription, 'fields'>,
): Mapping {
  const extra = settings.tag === null ? {} : { tag: settings.tag };
  return settings.mapping ? compileMapping(settings.mapping, extra) : templateMapping(input.fields ?? [], extra);
}

/** A configured attribute that the account lacks stops the import before it starts. Throws FatalError `unknown_attribute`. */
export function expectAttributes(mapping: Mapping, existing: ReadonlySet<string>): void {
  const missing = mapping.attributes.filter((title) => !existing.has(title));
  if (missing.length === 0) return;
  throw new FatalError({
    code: 'unknown_attribute',
    message: `The mapping fills ${names(missing)}, which CloudTalk does not have.`,
    fix: 'Create the attribute in CloudTalk (Account > Settings > Contacts) with exactly this title, or correct the mapping.',
  });
}

/** One warning for each column that is neither of the template nor an attribute of the account. */
export function unknownColumns(mapping: Mapping, rules: ValidationRules): readonly Warning[] {
  const { attributes } = rules;
  if (!attributes || rules.unknownColumns === 'fail') return [];
  return mapping.attributes
    .filter((title) => !attributes.has(title))
    .map((title) => ({
      field: title,
      code: 'unknown_column',
      from: title,
      to: '',
      message: `The column '${title}' is neither of CloudTalk's template nor a custom attribute of the account; it is not imported.`,
    }));
}

function names(titles: readonly string[]): string {
  return titles.map((title) => `the custom attribute '${title}'`).join(' and ');
}
