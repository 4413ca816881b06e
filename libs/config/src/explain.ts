import type { z } from 'zod';
import { closest } from './closest.js';
import type { Path } from './yaml-document.js';

/** A problem before its place in the file is known. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly expected: string;
}

type Issue = z.core.$ZodIssue;
type JsonSchema = Readonly<Record<string, unknown>>;

/** Says zod's issues in plain words. `value` is what was checked, `schema` the JSON Schema it was checked against. */
export function explainIssues(issues: readonly Issue[], value: unknown, schema: JsonSchema): readonly Finding[] {
  return issues.flatMap((issue) => explainIssue(issue, value, schema));
}

function explainIssue(issue: Issue, value: unknown, schema: JsonSchema): readonly Finding[] {
  const given = valueAt(value, issue.path);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, schema);
  if (given === undefined && issue.path.length > 0) return [missing(issue.path, schema)];
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') return closestBranch(issue, value, schema);
  const own = split(issue.message);
  if (own) return [{ path: issue.path, ...own }];
  const isEmpty = given === '' || (Array.isArray(given) && given.length === 0);
  const message = isEmpty ? 'It is empty.' : `${nameOf(given)} that cannot be used stands here.`;
  return [{ path: issue.path, message, expected: expectation(issue) }];
}

function unknownKeys(issue: Issue & { readonly keys: string[] }, schema: JsonSchema): readonly Finding[] {
  const allowed = keysAt(schema, schema, issue.path);
  const own = issue.message.startsWith('Unrecognized key') ? '' : (split(issue.message)?.expected ?? '');
  const list = own || (allowed.length ? `Allowed are ${allowed.join(', ')}.` : 'Leave it out.');
  return issue.keys.map((key) => {
    const meant = closest(key, allowed);
    return {
      path: [...issue.path, key],
      message: `"${key}" is not known here.`,
      expected: meant === undefined ? list : `Did you mean "${meant}"? ${list}`,
    };
  });
}

function missing(path: Path, schema: JsonSchema): Finding {
  const described = schemasAt(schema, schema, path).find((part) => typeof part['description'] === 'string');
  const hint = described ? ` (${String(described['description']).replace(/\.$/, '')})` : '';
  return { path, message: 'It is missing.', expected: `Write "${String(path.at(-1))}: ..."${hint}.` };
}

/** The branch of a union that the writer most likely meant is the one that fails deepest, and least often. */
function closestBranch(
  issue: Issue & { readonly errors: Issue[][] },
  value: unknown,
  schema: JsonSchema,
): readonly Finding[] {
  const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map(({ path }) => path.length));
  const [best = []] = [...issue.errors].sort((one, other) => depth(other) - depth(one) || one.length - other.length);
  return best.flatMap((inner) => explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, value, schema));
}

/**
 * Our schemas say in their first sentence what is wrong, and in the rest what would be right; zod's own messages are
 * not shown.
 */
function split(message: string): { message: string; expected: string } | undefined {
  if (/^(Invalid|Too (big|small)|Unrecognized)\b/.test(message)) return undefined;
  const [, first, rest] = /^(.+?[.!?])\s+(?=[A-Z"{$])(.+)$/s.exec(message) ?? [];
  return first && rest ? { message: first, expected: rest } : { message: 'This cannot be used.', expected: message };
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Write ${TYPE_NAMES[issue.expected] ?? issue.expected} here.`;
    case 'invalid_value':
      return `Write ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`;
    case 'too_small':
      return `Write ${issue.inclusive ? 'at least' : 'more than'} ${amount(issue.minimum, issue.origin)}.`;
    case 'too_big':
      return `Write ${issue.inclusive ? 'at most' : 'less than'} ${amount(issue.maximum, issue.origin)}.`;
    default:
      return 'Write it as config/sync.schema.json describes it.';
  }
}

/** `1 character`, `2 entries`, or the number alone. */
function amount(limit: number | bigint, origin: string): string {
  const [one, several] = UNIT_NAMES[origin] ?? [];
  return [limit, Number(limit) === 1 ? one : several].filter((part) => part !== undefined).join(' ');
}

const UNIT_NAMES: Readonly<Record<string, readonly [one: string, several: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  record: ['key', 'keys'],
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

/** Never the value itself: it may be a secret. */
function nameOf(value: unknown): string {
  if (value === null) return 'Nothing, or a null,';
  if (Array.isArray(value)) return 'A list';
  const names: Readonly<Record<string, string>> = { string: 'A text', number: 'A number', boolean: 'A true or false' };
  return names[typeof value] ?? 'A group of keys';
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null ? (part as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

function keysAt(root: JsonSchema, schema: JsonSchema, path: Path): readonly string[] {
  const keys = schemasAt(root, schema, path).flatMap((part) =>
    Object.keys((part['properties'] as object | undefined) ?? {}),
  );
  return [...new Set(keys)];
}

/** Every part of a JSON Schema that may stand at `path`. */
function schemasAt(root: JsonSchema, schema: JsonSchema, path: Path): readonly JsonSchema[] {
  const here = alternatives(root, schema);
  const [step, ...rest] = path;
  if (step === undefined) return here;
  return here.flatMap((part) => {
    const properties = part['properties'] as Record<string, JsonSchema> | undefined;
    const next =
      properties?.[String(step)] ?? (typeof step === 'number' ? part['items'] : part['additionalProperties']);
    return typeof next === 'object' && next !== null ? schemasAt(root, next as JsonSchema, rest) : [];
  });
}

function alternatives(root: JsonSchema, schema: JsonSchema): readonly JsonSchema[] {
  const reference = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  const definition = (root['$defs'] as Record<string, JsonSchema> | undefined)?.[reference ?? ''];
  const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (schema[key] as JsonSchema[] | undefined) ?? []);
  const inner = definition ? [...parts, definition] : parts;
  return [schema, ...inner.flatMap((part) => alternatives(root, part))];
}
