import { TEMPLATE_COLUMNS } from '@cloudtalk-sync/validation';
import { z } from 'zod';

/** A bare word names a source field, or a path to one; a text with {{ }} is a template. */
const fieldOrTemplate = z
  .string()
  .min(1, { error: 'Name a source field here, or leave the line out.' })
  .refine(hasSoundBraces, { error: 'Write each place of a template as {{ Field }}, with a field name inside.' })
  .meta({
    description: 'The name of a source field (MailingCountry, Owner.Email), or a template: {{ First }} {{ Last }}',
  });

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const constant = z.strictObject({ value: scalar }).meta({ description: 'A constant: the same for every contact.' });

const lookup = z
  .strictObject({
    from: z.string().min(1),
    lookup: z.record(z.string(), scalar).optional(),
    default: scalar.optional(),
    clear: z.literal(true).optional(),
  })
  .meta({
    description:
      'The value of a source field, translated by `lookup` (exact, else whatever the case); `default` stands for an empty or unlisted value, which without it gives nothing. With `clear: true` an empty result empties the field in CloudTalk instead of leaving it alone.',
  });

const form = z.union([fieldOrTemplate, constant, lookup], {
  error:
    'Write a source field, a template with {{ Field }}, { value: ... }, or { from: Field, lookup: { A: b }, default: ... }.',
});
/** What may stand beside one contact field. */
export const ruleSchema = z.union([form, z.array(form).min(1)], {
  error:
    'Write a source field, a template with {{ Field }}, { value: ... }, { from: Field, lookup: { A: b }, default: ... }, or a list of these.',
});

const KEYS = [...TEMPLATE_COLUMNS, 'attributes'] as const;
const IDENTIFIERS = ['phone', 'email', 'email2'] as const;

const contactFields = Object.fromEntries(TEMPLATE_COLUMNS.map((field) => [field, ruleSchema.optional()])) as Record<
  (typeof TEMPLATE_COLUMNS)[number],
  z.ZodOptional<typeof ruleSchema>
>;

/** The `mapping:` section of a connection: which source fields feed which fields of the contact. */
export const mappingSchema = z
  .strictObject(
    {
      ...contactFields,
      name: ruleSchema.meta({
        description: "Every contact needs one: a source field, or '{{ FirstName }} {{ LastName }}'",
      }),
      attributes: z
        .record(z.string().min(1), ruleSchema)
        .optional()
        .meta({ description: "Custom attributes by their exact titles in CloudTalk's settings." }),
    },
    { error: explainUnknownKeys },
  )
  .refine((mapping) => IDENTIFIERS.some((field) => mapping[field] !== undefined), {
    error:
      'Nothing here gives a phone number or an e-mail address, and every contact needs one. Write "phone: ...", "email: ..." or "email2: ..." with a source field.',
    when: isNotItselfWrong,
  })
  .meta({ description: 'Which source fields feed which fields of the CloudTalk contact.' });

export type MappingConfig = z.infer<typeof mappingSchema>;
/** One way to get a text from a source record. */
export type MappingForm = z.infer<typeof form>;
/** One form, or a list of them. */
export type MappingRule = z.infer<typeof ruleSchema>;

/** An unknown key may be a mistyped identifier, so that nothing more is said of a group that has one. */
function isNotItselfWrong({ issues }: { readonly issues: readonly { readonly path?: unknown }[] }): boolean {
  return issues.every(({ path }) => Array.isArray(path) && path.length > 0);
}

function explainUnknownKeys(issue: { readonly code?: string; readonly keys?: unknown }): string | undefined {
  if (issue.code !== 'unrecognized_keys' || !Array.isArray(issue.keys)) return undefined;
  const names = issue.keys.map((key) => `"${String(key)}"`).join(', ');
  const are = issue.keys.length === 1 ? 'is no contact field' : 'are no contact fields';
  return `${names} ${are}. Allowed are ${KEYS.join(', ')}. A custom attribute belongs under attributes.`;
}

function hasSoundBraces(text: string): boolean {
  const withoutPlaces = text.replace(/\{\{\s*[^{}\s][^{}]*\}\}/g, '');
  return !withoutPlaces.includes('{{') && !withoutPlaces.includes('}}');
}
