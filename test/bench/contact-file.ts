import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { NATIONS, type Nation, SECTORS, STREETS, TAGS, WORDS } from './contact-words.js';
import { Random } from '../support/random.js';

export const COLUMNS = ['name', 'phone', 'email', 'company', 'website', 'address', 'city', 'zip', 'country', 'tags'];

/** Rows written at once. */
const PART = 5_000;

/** Writes a CSV of `rows` contacts like a real export, about 105 bytes a row; equal for equal seeds. */
export async function writeContactFile(path: string, rows: number, seed = 1): Promise<void> {
  const random = new Random(seed);
  const file = createWriteStream(path);
  file.write(`${COLUMNS.join(',')}\r\n`);
  for (let written = 0; written < rows; written += PART) {
    let part = '';
    for (let row = written; row < Math.min(rows, written + PART); row++) part += rowText(random, row);
    if (!file.write(part)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

type Cells = Record<string, string>;

function rowText(random: Random, row: number): string {
  const cells = contact(random, row);
  if (random.chance(0.02)) random.pick(JUNK)(cells);
  if (random.chance(0.03)) random.pick(MISTAKES)(cells);
  return `${COLUMNS.map((column) => quoted(cells[column] ?? '')).join(',')}\r\n`;
}

function contact(random: Random, row: number): Cells {
  const nation = random.pick(NATIONS);
  const first = random.pick(nation.first);
  const last = random.pick(nation.last);
  const company = `${random.pick(WORDS)} ${random.pick(SECTORS)}`;
  const domain = `${company.split(' ')[0]?.toLowerCase() ?? ''}.${nation.domain}`;
  const address = `${plain(first)}.${plain(last)}${row}@${domain}`;
  const hasCompany = random.chance(0.5);
  return {
    name: `${first} ${last}`,
    phone: random.chance(0.03) ? `${phone(random, nation)}:${phone(random, nation)}` : phone(random, nation),
    email: random.chance(0.02) ? `${address}:office${row}@${domain}` : address,
    company: hasCompany ? company : '',
    website: hasCompany && random.chance(0.3) ? random.pick([`www.${domain}`, `https://${domain}/contact`]) : '',
    address: random.chance(0.2) ? street(random) : '',
    city: random.pick(nation.cities),
    zip: String(10_000 + random.below(90_000)),
    country: random.pick(nation.spellings),
    tags: random.chance(0.3) ? random.pick(TAGS) : '',
  };
}

function phone(random: Random, nation: Nation): string {
  return random.pick(nation.phones).replace(/#/g, () => String(random.below(10)));
}

function street(random: Random): string {
  const text = `${random.pick(STREETS)} ${1 + random.below(200)}`;
  if (random.chance(0.1)) return `${text}\n2nd floor, "back" entrance`;
  return random.chance(0.2) ? `${text}, entrance B` : text;
}

/** What spreadsheets and people leave in a file; most of it is repaired. */
const JUNK: readonly ((cells: Cells) => void)[] = [
  (cells) => (cells.phone = `="${cells.phone ?? ''}"`),
  (cells) => (cells.phone = `\u00a0${cells.phone ?? ''}\u200b`),
  (cells) => (cells.name = `  ${cells.name ?? ''}  `),
  (cells) => (cells.phone = (cells.phone ?? '').replace(/^\+/, '00')),
  (cells) => (cells.email = ` ${(cells.email ?? '').toUpperCase()} `),
  (cells) => (cells.city = `"${cells.city ?? ''}"`),
  (cells) => (cells.country = ` ${(cells.country ?? '').toLowerCase()} `),
  (cells) => (cells.website = cells.website === '' ? '' : `http://${(cells.website ?? '').replace(/^https:\/\//, '')}`),
];

/** What makes a row fail. */
const MISTAKES: readonly ((cells: Cells) => void)[] = [
  (cells) => (cells.phone = '12'),
  (cells) => (cells.phone = 'not given'),
  (cells) => (cells.phone = '+421 905 12'),
  (cells) => (cells.phone = '4.21901E+11'),
  (cells) => (cells.email = (cells.email ?? '').replace(/@.*/, '')),
  (cells) => (cells.email = `${cells.email ?? ''},`),
  (cells) => (cells.name = ''),
  (cells) => (cells.country = 'Atlantis'),
  (cells) => (cells.zip = 'not known, ask the post'),
  (cells) => (cells.website = 'no website'),
  (cells) => Object.assign(cells, { phone: '', email: '' }),
  (cells) => Object.assign(cells, { country: 'Atlantis', email: 'x@', company: 'Very '.repeat(25) }),
];

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Lower-case ASCII. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
}
