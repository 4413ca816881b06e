import { AUSTRIA, CZECHIA, GERMANY, SLOVAKIA, WORLD } from './countries.js';
import { MISTAKE_CODES, MISTAKE_COLUMNS, MISTAKE_COUNT, mistakeRows } from './mistakes.js';
import { People, type Person } from './people.js';
import { Random } from '../random.js';
import { csvFile, type SampleFile } from './sample-file.js';

/** The samples are the same at every run. */
const SEED = 20_260;
/** CloudTalk's import refuses larger files (import article: 8 MB). Bytes. */
const LARGEST_FILE = 8_388_608;

const UTF8 = { delimiter: ',', encoding: 'utf-8' } as const;
/** Every code that a row can fail with (CloudTalk's import article). */
export const EVERY_CODE: readonly string[] = [...MISTAKE_CODES, 'unknown_attribute'];

export interface Samples {
  /** A contact that somebody else put into CloudTalk before, as its API takes it. */
  readonly alreadyThere: readonly Readonly<Record<string, unknown>>[];
  /** The tag on it that must stay. */
  readonly foreignTag: string;
  /** Dropped first. */
  readonly first: readonly SampleFile[];
  /** Dropped when the first have been imported. */
  readonly second: readonly SampleFile[];
}

/** Makes all files of the demo. */
export function makeSamples(): Samples {
  const random = new Random(SEED);
  const people = new People(random);
  const slovakia = slovakianFile(people, random);
  const known = people.several(5, SLOVAKIA);
  const foreignTag = 'spring-campaign';
  return {
    alreadyThere: known.map((person) => ({
      name: `${person.name} (typed by an agent)`,
      ContactNumber: [{ public_number: person.e164 }],
      ContactsTag: [{ name: foreignTag }],
    })),
    foreignTag,
    first: [
      slovakia,
      czechFile(people),
      germanFile(people),
      worldFile(people, random),
      crmFile(people, random),
      repeatsFile(people),
      knownFile(known),
      mistakesFile(people),
      unknownColumnFile(people),
      ...refusedFiles(people),
    ],
    second: [
      { ...slovakia, name: 'slovakia-again.csv', shows: 'a file dropped twice', expected: { unchanged: 450 } },
      refusedByCloudTalkFile(people),
    ],
  };
}

function slovakianFile(people: People, random: Random): SampleFile {
  const rows = people.several(450, SLOVAKIA).map((person, index) => {
    const address = index % 25 === 0 ? `Hlavná ${index + 1}\nvchod B, "3. poschodie"` : `Hlavná ${index + 1}`;
    return [person.name, person.national, person.email, address, person.city, random.pick(['Gold', 'Silver', ''])];
  });
  const content = csvFile(UTF8, ['name', 'phone', 'email', 'address', 'city', 'Tier'], rows);
  const shows = 'national numbers, line breaks in cells';
  return { connection: 'partners', name: 'slovakia.csv', shows, content, expected: { created: 450 } };
}

function czechFile(people: People): SampleFile {
  const rows = people
    .several(200, CZECHIA)
    .map(({ name, national, email, country, city }) => [name, national, email, country, city]);
  const format = { delimiter: ';', encoding: 'windows-1250' } as const;
  const content = csvFile(format, ['name', 'phone', 'email', 'country', 'city'], rows);
  const shows = '; and windows-1250, country by row';
  return { connection: 'partners', name: 'czechia.csv', shows, content, expected: { created: 200 } };
}

function germanFile(people: People): SampleFile {
  const both = [...people.several(120, GERMANY), ...people.several(80, AUSTRIA)];
  const rows = both.map(({ name, national, country, city }) => [name, national, country, city, '1010']);
  const format = { delimiter: '\t', encoding: 'utf-16le with BOM' } as const;
  const content = csvFile(format, ['name', 'phone', 'country', 'city', 'zip'], rows);
  const shows = 'tab and UTF-16LE (Excel "Unicode text")';
  return { connection: 'partners', name: 'germany-austria.csv', shows, content, expected: { created: 200 } };
}

function worldFile(people: People, random: Random): SampleFile {
  const rows = WORLD.flatMap((country) => people.several(50, country)).map((person, index) => {
    const second = index % 10 === 0 ? `:${people.someone(SLOVAKIA).e164}` : '';
    const agent = random.pick(['alice.agent@example.com', 'bob.agent@example.com', '']);
    const tags = random.pick(['vip', 'vip:newsletter', '']);
    return [person.name, person.e164 + second, person.email, person.country, agent, tags];
  });
  const format = { delimiter: '|', encoding: 'utf-8 with BOM' } as const;
  const content = csvFile(format, ['name', 'phone', 'email', 'country', 'favorite_agent', 'tags'], rows);
  const shows = '| and a BOM, five countries, several numbers and tags';
  return { connection: 'partners', name: 'world.csv', shows, content, expected: { created: 250 } };
}

function crmFile(people: People, random: Random): SampleFile {
  const rows = people.several(60, CZECHIA).map((person, index) => {
    const source = random.pick(['Web', 'Fair', '']);
    return [`CRM-${index + 1}`, person.first, person.last, person.national, person.email, person.country, source];
  });
  const header = ['Id', 'First', 'Last', 'Mobile', 'Mail', 'Land', 'Source'];
  const content = csvFile({ delimiter: ';', encoding: 'utf-8' }, header, rows);
  const shows = 'columns of its own, read by a mapping';
  return { connection: 'crm-export', name: 'crm-export.csv', shows, content, expected: { created: 60 } };
}

function repeatsFile(people: People): SampleFile {
  const once = people.several(25, SLOVAKIA);
  const again = once.slice(0, 15).map((person) => [person.name, person.e164, '', 'second row']);
  const rows = [...once.map(({ name, national, email }) => [name, national, email, 'first row']), ...again];
  const content = csvFile(UTF8, ['name', 'phone', 'email', 'title'], rows);
  const shows = 'the same contact in several rows';
  return { connection: 'partners', name: 'repeats.csv', shows, content, expected: { created: 25, merged: 15 } };
}

function knownFile(known: readonly Person[]): SampleFile {
  const content = csvFile(
    UTF8,
    ['name', 'phone', 'email'],
    known.map((person) => [person.name, person.national, person.email]),
  );
  const shows = 'contacts that CloudTalk has already';
  return { connection: 'partners', name: 'already-there.csv', shows, content, expected: { updated: known.length } };
}

function mistakesFile(people: People): SampleFile {
  const good = people.several(10, SLOVAKIA).map((person) => {
    const row = [person.name, person.national, person.email];
    return MISTAKE_COLUMNS.map((_, column) => row[column] ?? '');
  });
  const bad = mistakeRows(people.several(MISTAKE_COUNT, SLOVAKIA));
  const content = csvFile(UTF8, MISTAKE_COLUMNS, [...good, ...bad]);
  const expected = { created: good.length, failed: bad.length };
  return { connection: 'partners', name: 'mistakes.csv', shows: 'every mistake a row can have', content, expected };
}

function unknownColumnFile(people: People): SampleFile {
  const rows = people
    .several(10, SLOVAKIA)
    .map(({ name, national }, index) => [name, national, index % 2 === 0 ? '' : '43']);
  const content = csvFile(UTF8, ['name', 'phone', 'Shoe size'], rows);
  const shows = 'a column that CloudTalk does not know';
  return { connection: 'strict', name: 'unknown-column.csv', shows, content, expected: { created: 5, failed: 5 } };
}

function refusedFiles(people: People): readonly SampleFile[] {
  const { name, national } = people.someone(SLOVAKIA);
  const line = `${name},${national}\n`;
  const repetitions = Math.ceil(LARGEST_FILE / Buffer.byteLength(line)) + 1;
  const connection = 'partners';
  return [
    {
      ...{ connection, name: 'too-large.csv', shows: 'more than 8 MB', expected: { refused: 'file_too_large' } },
      content: Buffer.from(`name,phone\n${line.repeat(repetitions)}`),
    },
    {
      ...{ connection, name: 'no-header.csv', shows: 'no header row', expected: { refused: 'header_unusable' } },
      content: csvFile(UTF8, [name, national], [[name, national]]),
    },
    {
      ...{ connection, name: 'workbook.csv', shows: 'an Excel workbook', expected: { refused: 'not_csv' } },
      content: Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(2_000, 7), Buffer.from('\n')]),
    },
  ];
}

function refusedByCloudTalkFile(people: People): SampleFile {
  const rows = people.several(10, SLOVAKIA).map(({ name, national }) => [name, national, 'Confectionery']);
  const content = csvFile(UTF8, ['name', 'phone', 'industry'], rows);
  const shows = 'one row that CloudTalk itself refuses';
  const expected = { created: 9, failed: 1 };
  return { connection: 'partners', name: 'refused-by-cloudtalk.csv', shows, content, expected };
}
