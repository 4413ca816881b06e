import type { Problem } from '@cloudtalk-sync/errors';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml';

export type Path = readonly PropertyKey[];

/** Where something stands in the file; both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML file as plain values that remember their places. */
export interface YamlDocument {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** True when the value is too broken to be looked at. */
  readonly isBroken: boolean;
  /** The place of what `path` leads to; of the innermost part that is there, when something is missing. */
  placeOf(path: Path): Place;
}

/** After its first few, the errors of a broken file only repeat each other. */
const SHOWN = 5;

/** Reads YAML 1.2; what is wrong with it comes as problems, never as an exception. */
export function readYaml(text: string, file: string): YamlDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const placeOf = (path: Path): Place => toPlace(counter, offsetOf(document, path));
  const isBroken = document.errors.some((error) => error.code !== 'DUPLICATE_KEY');
  const problems = firstOfEachLine(document.errors, counter)
    .slice(0, SHOWN)
    .map((error) => ({ file, ...toPlace(counter, error.pos[0]), path: '(YAML)', ...explain(error) }));
  if (isBroken) return { value: undefined, problems, isBroken, placeOf };
  try {
    return { value: document.toJS() as unknown, problems, isBroken, placeOf };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const problem = {
      file,
      line: 1,
      column: 1,
      path: '(YAML)',
      message: `${said}.`,
      expected: 'Use aliases (*name) sparingly.',
    };
    return { value: undefined, problems: [...problems, problem], isBroken: true, placeOf };
  }
}

function firstOfEachLine(errors: readonly YAMLError[], counter: LineCounter): readonly YAMLError[] {
  const lines = errors.map((error) => counter.linePos(error.pos[0]).line);
  return errors.filter((_, index) => lines.indexOf(lines[index] ?? 0) === index);
}

function explain(error: YAMLError): { message: string; expected: string } {
  if (error.code === 'DUPLICATE_KEY') {
    return { message: 'This key stands here a second time.', expected: 'Keep one of the two.' };
  }
  const message = `This is no valid YAML: ${error.message.replace(/\.$/, '')}.`;
  if (error.code === 'TAB_AS_INDENT') return { message, expected: 'Indent with spaces, never with tabs.' };
  return {
    message,
    expected:
      "Check the indentation and brackets; put texts with { } [ ] # or ': ' in quotes, as '{{ Name }}' or '${NAME}'.",
  };
}

function toPlace(counter: LineCounter, offset: number): Place {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Of a pair it is the key's offset, of an item the item's own. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const next = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step))
      : isSeq(node)
        ? node.items[Number(step)]
        : undefined;
    if (next === undefined) break;
    offset = startOf(isPair(next) ? next.key : next) ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
