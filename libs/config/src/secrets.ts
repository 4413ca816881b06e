import { readFileSync } from 'node:fs';
import type { Path } from './yaml-document.js';

/** Names and values of environment variables, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

export interface MissingSecret {
  readonly path: Path;
  readonly message: string;
  readonly expected: string;
}

const REFERENCE = /\$?\$\{([^}]*)\}/g;

/**
 * Replaces every `${NAME}` in the texts of a config by the environment variable NAME, or by the content of the file
 * that NAME_FILE names (its final line break left out); `$${` stands for a plain `${`. What has no value stays as it is
 * and is named in `missing`.
 */
export function fillIn(value: unknown, variables: Variables): { value: unknown; missing: readonly MissingSecret[] } {
  const missing: MissingSecret[] = [];
  const walk = (part: unknown, path: Path): unknown => {
    if (typeof part === 'string') return fillText(part, (name) => lookUp(name, variables, path, missing));
    if (Array.isArray(part)) return part.map((item, index) => walk(item, [...path, index]));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner, [...path, key])]));
  };
  return { value: walk(value, []), missing };
}

function fillText(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(REFERENCE, (reference, name: string) =>
    reference.startsWith('$$') ? reference.slice(1) : (valueOf(name) ?? reference),
  );
}

function lookUp(name: string, variables: Variables, path: Path, missing: MissingSecret[]): string | undefined {
  const add = (message: string, expected: string): undefined => void missing.push({ path, message, expected });
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return add(
      `"\${${name}}" names no environment variable.`,
      'Write ${NAME} with letters, digits and _, or $${ for a plain ${.',
    );
  }
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value) return value;
  const file = Object.hasOwn(variables, `${name}_FILE`) ? variables[`${name}_FILE`] : undefined;
  if (file)
    return (
      readSecret(file) ??
      add(`The file ${file}, named by ${name}_FILE, has no value.`, 'Make it readable, with the value alone in it.')
    );
  const state = value === '' ? 'is empty' : 'is not set';
  return add(
    `The environment variable ${name} ${state}.`,
    `Set ${name}, or ${name}_FILE to the path of a file that holds the value.`,
  );
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch {
    return undefined;
  }
}
