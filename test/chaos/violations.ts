import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CloudTalkSandbox } from '../../apps/sandbox/src/index.js';
import type { Person } from './people.js';

/** What the world must look like when everything has come to rest. */
export interface Expectation {
  readonly people: ReadonlyMap<string, Person>;
  /** Phones of the contacts that had a foreign tag from the beginning. */
  readonly strangers: ReadonlySet<string>;
  readonly files: number;
}

/** Everything that is not as promised, in sentences; empty when all is well. */
export async function violations(sandbox: CloudTalkSandbox, drop: string, expected: Expectation): Promise<string[]> {
  return [
    ...contactViolations(sandbox, expected),
    ...budgetViolations(sandbox),
    ...(await receiptViolations(drop, expected.files)),
  ];
}

function contactViolations(sandbox: CloudTalkSandbox, { people, strangers }: Expectation): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const { id, name, phones, tags, title } of sandbox.contacts()) {
    const phone = phones[0] ?? '';
    const person = people.get(phone);
    if (phones.length !== 1 || !person) found.push(`contact ${id} (${phones.join(' ')}) is nobody we know`);
    else {
      if (seen.has(phone)) found.push(`${phone} is in CloudTalk twice`);
      if (name !== person.name || title !== person.title) {
        found.push(`${phone} is '${name}', '${title}' instead of '${person.name}', '${person.title}'`);
      }
    }
    if (strangers.has(phone) && !tags.includes('theirs')) found.push(`${phone} has lost the tag of somebody else`);
    seen.add(phone);
  }
  for (const phone of people.keys()) if (!seen.has(phone)) found.push(`${phone} is missing in CloudTalk`);
  return found;
}

/** A 429 that no fault was asked for means that we sent what the last answers forbade. */
function budgetViolations(sandbox: CloudTalkSandbox): string[] {
  return sandbox.operations
    .filter((operation) => operation.status === 429 && operation.fault === undefined)
    .map((operation) => `a request at ${operation.time.toISOString()} was one too many for the window`);
}

async function receiptViolations(drop: string, files: number): Promise<string[]> {
  const names = (await readdir(join(drop, 'reports'))).filter((name) => name.endsWith('.receipt.json'));
  const found = names.length === files ? [] : [`${names.length} receipts for ${files} files`];
  for (const name of names) {
    const receipt = JSON.parse(await readFile(join(drop, 'reports', name), 'utf8')) as Receipt;
    const sum = Object.values(receipt.totals).reduce((total, count) => total + count, 0);
    if (!receipt.balanced || sum !== receipt.rows) found.push(`${name} does not balance`);
    if (receipt.totals['failed'] !== 1) found.push(`${name} has ${receipt.totals['failed']} failed rows instead of 1`);
    if (receipt.status !== 'completed with failures') found.push(`${name} ended as ${receipt.status}`);
    const result = await readFile(join(drop, 'reports', name.replace('.receipt.json', '.result.csv')), 'utf8');
    const lines = result.trimEnd().split('\n').length - 1;
    if (lines !== receipt.rows) found.push(`${name} counts ${receipt.rows} rows, its result file has ${lines}`);
  }
  return found;
}

interface Receipt {
  readonly rows: number;
  readonly balanced: boolean;
  readonly status: string;
  readonly totals: Readonly<Record<string, number>>;
}
