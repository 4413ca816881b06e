import { print } from '../output.js';
import type { CheckedFile } from './check-file.js';
import { exitCodeOfCheck, statusOf, Totals } from './totals.js';

/** How many characters of rows are collected before they are written. */
const CHUNK = 65_536;

/** Writes one JSON object, row by row, so that memory stays flat; returns the exit code. */
export async function writeJson(file: string, checked: CheckedFile): Promise<number> {
  const totals = new Totals();
  let text = `{"file":${JSON.stringify(file)},"warnings":${JSON.stringify(checked.warnings)},"rows":[`;
  let next = await checked.rows.next();
  for (let separator = ''; !next.done; separator = ',', next = await checked.rows.next()) {
    totals.count(next.value);
    text += separator + JSON.stringify(next.value);
    if (text.length < CHUNK) continue;
    await print(text);
    text = '';
  }
  const error = next.value ?? null;
  const status = statusOf(totals, error);
  await print(`${text}],"totals":${JSON.stringify(totals)},"status":"${status}","error":${JSON.stringify(error)}}\n`);
  return exitCodeOfCheck(totals, error);
}
