import type { SandboxContact } from '../cloudtalk/contact-record.js';
import { codesOf, type Result } from './results.js';
import { EVERY_CODE, type Samples } from './samples.js';

/** The fewest rows that the demo must have imported. */
const FEWEST_ROWS = 1_000;

/** Everything that is not as it must be, one sentence each; empty when the demo has shown what it promised. */
export function problemsOf(
  samples: Samples,
  results: readonly Result[],
  contacts: readonly SandboxContact[],
): readonly string[] {
  const rows = results.reduce((sum, { receipt }) => sum + receipt.rows, 0);
  const codes = codesOf(results);
  return [
    ...results.flatMap((result) => [...problemsOfReceipt(result), ...problemsOfRows(result)]),
    ...(rows >= FEWEST_ROWS ? [] : [`Only ${rows} rows were imported.`]),
    ...EVERY_CODE.filter((code) => !codes.has(code)).map((code) => `No row failed with ${code}.`),
    ...problemsOfContacts(samples, results, contacts),
  ];
}

function problemsOfReceipt({ file, receipt }: Result): readonly string[] {
  const problems = receipt.balanced ? [] : [`The receipt of ${file.name} does not balance.`];
  if ('refused' in file.expected) {
    const code = receipt.error?.code;
    if (code === file.expected.refused) return problems;
    return [...problems, `${file.name} should be refused with ${file.expected.refused}, not ${code ?? 'imported'}.`];
  }
  const expected: Readonly<Record<string, number>> = { ...file.expected };
  const kinds = new Set([...Object.keys(expected), ...Object.keys(receipt.totals)]);
  const wrong = [...kinds].filter((kind) => (expected[kind] ?? 0) !== (receipt.totals[kind] ?? 0));
  const told = wrong.map(
    (kind) => `${file.name} has ${receipt.totals[kind] ?? 0} rows ${kind}, not ${expected[kind] ?? 0}.`,
  );
  return [...problems, ...told];
}

/** Every row has exactly one outcome, and the lines of result.csv add up to the totals of the receipt. */
function problemsOfRows({ file, receipt, rows }: Result): readonly string[] {
  const numbers = new Set(rows.map(({ row }) => Number(row)));
  const isWhole = rows.length === receipt.rows && numbers.size === rows.length;
  const isCounted = Array.from({ length: receipt.rows }, (_, index) => index + 1).every((row) => numbers.has(row));
  const differs = Object.entries(receipt.totals).filter(
    ([kind, total]) => rows.filter(({ outcome }) => outcome === kind).length !== total,
  );
  return [
    ...(isWhole && isCounted ? [] : [`result.csv of ${file.name} does not name each of its rows once.`]),
    ...differs.map(([kind]) => `result.csv of ${file.name} counts other ${kind} rows than its receipt.`),
  ];
}

function problemsOfContacts(
  samples: Samples,
  results: readonly Result[],
  contacts: readonly SandboxContact[],
): readonly string[] {
  const created = results.reduce((sum, { receipt }) => sum + (receipt.totals['created'] ?? 0), 0);
  const expected = created + samples.alreadyThere.length;
  const numbers = contacts.flatMap(({ phones }) => phones);
  const tagged = contacts.filter(({ tags }) => tags.includes(samples.foreignTag) && tags.includes('partners'));
  return [
    ...(contacts.length === expected ? [] : [`The sandbox holds ${contacts.length} contacts, not ${expected}.`]),
    ...(new Set(numbers).size === numbers.length ? [] : ['Two contacts of the sandbox share a phone number.']),
    ...(tagged.length === samples.alreadyThere.length
      ? []
      : [`The tag '${samples.foreignTag}' that somebody else had given was lost.`]),
  ];
}
