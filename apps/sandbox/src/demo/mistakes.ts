import type { Person } from './people.js';

/** The columns of the file of mistakes. */
export const MISTAKE_COLUMNS = ['name', 'phone', 'email', 'website', 'zip', 'country', 'favorite_agent', 'company'];

type Mistake = (person: Person) => readonly string[];

/** One row for each way of being wrong; beside each, the code that it must fail with. */
const MISTAKES: readonly (readonly [codes: readonly string[], row: Mistake])[] = [
  [['phone_too_short'], ({ name, email }) => [name, '12', email]],
  [['phone_scientific'], ({ name, email }) => [name, '4.21905E+11', email]],
  [['invalid_phone'], ({ name }) => [name, 'call me maybe']],
  [['invalid_email'], ({ name, national }) => [name, national, 'jana.example.com']],
  [['required_missing'], ({ national }) => ['', national]],
  [['identifier_missing'], ({ name }) => [name]],
  [['too_long'], ({ national }) => ['x'.repeat(151), national]],
  [['too_long'], ({ name, national }) => [name, national, '', '', '1234567890123456']],
  [['too_short'], ({ national }) => ['\u200b\u200b', national]],
  [['invalid_website'], ({ name, national }) => [name, national, '', 'our web site']],
  [['invalid_country'], ({ name, e164 }) => [name, e164, '', '', '', 'Absurdistan']],
  [['agent_not_found'], ({ name, national }) => [name, national, '', '', '', '', 'nobody@example.com']],
  [['phone_too_short', 'invalid_country'], ({ name }) => [name, '12', '', '', '', 'Atlantis']],
  [['invalid_value'], ({ name, national }) => [name, national, '', '', '', '', '', 'Beads & Co\u0007']],
];

/** How many people a file of mistakes needs. */
export const MISTAKE_COUNT = MISTAKES.length;

/** The codes that the rows of `mistakeRows` fail with. */
export const MISTAKE_CODES: readonly string[] = [...new Set(MISTAKES.flatMap(([codes]) => codes))];

/** One row for each mistake, in as many cells as there are columns. */
export function mistakeRows(people: readonly Person[]): readonly (readonly string[])[] {
  return MISTAKES.flatMap(([, row], index) => {
    const person = people[index];
    if (!person) return [];
    const cells = row(person);
    return [MISTAKE_COLUMNS.map((_, column) => cells[column] ?? '')];
  });
}
