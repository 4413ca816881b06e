/** The fields of one source record by name: text in a file, any JSON value in a CRM. */
export type SourceFields = Readonly<Record<string, unknown>>;

/** Gives the text of one value of a record; undefined when it is absent or empty. */
export type TextOf = (fields: SourceFields) => string | undefined;

/**
 * Reads the field of this name. A flat field wins; else the dots of the name lead through nested objects
 * (`Owner.Email` of a CRM's relationship).
 */
export function readField(name: string): TextOf {
  if (!name.includes('.')) return (fields) => textOf(own(fields, name));
  const steps = name.split('.');
  return (fields) => {
    if (Object.hasOwn(fields, name)) return textOf(fields[name]);
    let value: unknown = fields;
    for (const step of steps) value = own(value, step);
    return textOf(value);
  };
}

/**
 * A value as text: numbers and booleans as they are written, a list as its texts separated by colons (as CloudTalk
 * separates several values); undefined for null, an empty text and an object.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (!Array.isArray(value)) return undefined;
  const texts = value.flatMap((item) => textOf(item) ?? []);
  return texts.length > 0 ? texts.join(':') : undefined;
}

function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as SourceFields)[name];
}
