import { createHash } from 'node:crypto';
import type { RecordStream, SourceRecord } from '@cloudtalk-sync/connector-kit';
import { FatalError, RetryableError } from '@cloudtalk-sync/errors';
import { array, assert, asyncProperty, constantFrom, string, tuple, uint8Array } from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { checkTemplateHeader } from './csv-header.js';
import { readCsv, type CsvOptions } from './csv-reader.js';
import type { ByteSource } from './csv-source.js';

const MEGABYTE = 1024 * 1024;
const options: CsvOptions = { defaultCountry: 'SK', maxFileSize: 8 * MEGABYTE };

function source(content: Buffer | string, chunkSize = 64 * 1024): ByteSource {
  const bytes = Buffer.from(content);
  return {
    name: 'contacts.csv',
    size: async () => bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
    },
  };
}

async function all(stream: RecordStream): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const record of stream.records) records.push(record);
  return records;
}

interface Read {
  readonly records: readonly SourceRecord[];
  readonly rows: readonly (readonly unknown[])[];
  readonly lines: readonly (number | undefined)[];
  readonly input: RecordStream['input'];
}

/** Reads twice, in large chunks and byte by byte, and gives the result that both must have. */
async function read(content: Buffer | string, more: Partial<CsvOptions> = {}): Promise<Read> {
  const stream = await readCsv(source(content), { ...options, ...more });
  const records = await all(stream);
  if (content.length < 10_000) {
    expect(await all(await readCsv(source(content, 1), { ...options, ...more }))).toEqual(records);
  }
  const rows = records.map(({ fields }) => (stream.input.fields ?? []).map((name) => fields[name]));
  return { records, rows, lines: records.map(({ origin }) => origin.line), input: stream.input };
}

async function refusal(content: Buffer | string, more: Partial<CsvOptions> = {}): Promise<FatalError> {
  const error: unknown = await read(content, more).catch((thrown: unknown) => thrown);
  if (!(error instanceof FatalError)) throw new Error(`It was not refused: ${String(error)}`);
  expect(error.message).toMatch(/^[A-Z].*[.:]/s);
  expect(error.fix).toMatch(/^[A-Z].*\.$/s);
  return error;
}

const ANNA = ['Anna', '+421901000001'];
const JAN = ['Ján', '+421901000002'];
const PLAIN = 'name,phone\nAnna,+421901000001\nJán,+421901000002\n';

it('in UTF-16 without BOM is known by the separators and digits between letters of another script', async () => {
  const rows = Array.from(
    { length: 50 },
    (_, row) => `Екатерина Александровна Константинопольская,+7901000${1000 + row}`,
  );
  const { input, records } = await read(Buffer.from(`name,phone\n${rows.join('\n')}\n`, 'utf16le'));
  expect(input.format).toMatchObject({ encoding: 'utf-16le' });
  expect(records).toHaveLength(50);
});

describe('a readable CSV', () => {
  it.each<[kind: string, content: Buffer | string, delimiter: string, encoding: string]>([
    ['with commas', PLAIN, ',', 'utf-8'],
    ['with semicolons', PLAIN.replaceAll(',', ';'), ';', 'utf-8'],
    ['with tabs', PLAIN.replaceAll(',', '\t'), '\t', 'utf-8'],
    ['with bars', PLAIN.replaceAll(',', '|'), '|', 'utf-8'],
    ['with CR LF', PLAIN.replaceAll('\n', '\r\n'), ',', 'utf-8'],
    ['with CR only', PLAIN.replaceAll('\n', '\r'), ',', 'utf-8'],
    ['with mixed line ends', PLAIN.replace('\n', '\r\n').replace('1\n', '1\r'), ',', 'utf-8'],
    ['without a final line break', PLAIN.trimEnd(), ',', 'utf-8'],
    ['with a UTF-8 BOM', `\uFEFF${PLAIN}`, ',', 'utf-8'],
    ['with a BOM before a quoted header', `\uFEFF"name","phone"\n${PLAIN.slice(11)}`, ',', 'utf-8'],
    ['in UTF-16 LE with BOM', Buffer.from(`\uFEFF${PLAIN}`, 'utf16le'), ',', 'utf-16le'],
    ['in UTF-16 BE with BOM', iconv.encode(`\uFEFF${PLAIN}`, 'utf-16be'), ',', 'utf-16be'],
    ['in UTF-16 LE without BOM', Buffer.from(PLAIN, 'utf16le'), ',', 'utf-16le'],
    ['in UTF-16 BE without BOM', iconv.encode(PLAIN, 'utf-16be'), ',', 'utf-16be'],
    ['in windows-1250', iconv.encode(PLAIN, 'windows-1250'), ',', 'windows-1250'],
    ['with blank lines', PLAIN.replaceAll('\n', '\n\n  \n,\n'), ',', 'utf-8'],
    ['with blank lines before the header', `\n\r\n${PLAIN}`, ',', 'utf-8'],
    ['with invisible characters in header names', PLAIN.replace('name,phone', '\u200bname,ph\u00adone'), ',', 'utf-8'],
    ['with spaces around header names', PLAIN.replace('name,phone', ' name , phone '), ',', 'utf-8'],
    ['with every cell in quotation marks', PLAIN.replace(/[^,\n]+/g, '"$&"'), ',', 'utf-8'],
    ["with Excel's sep line", `sep=;\r\n${PLAIN.replaceAll(',', ';')}`, ';', 'utf-8'],
    ['with a sep line that names an unusual delimiter', `sep=^\n${PLAIN.replaceAll(',', '^')}`, '^', 'utf-8'],
  ])('is read %s', async (_kind, content, delimiter, encoding) => {
    const { rows, input } = await read(content);
    expect(input.fields).toEqual(['name', 'phone']);
    expect(rows).toEqual([ANNA, JAN]);
    expect(input.format).toEqual({ delimiter, encoding });
  });

  it.each([
    ['SK', 'windows-1250', 'Ľubomír Čížik'],
    ['UA', 'windows-1251', 'Іван Франко'],
    ['FR', 'windows-1252', 'François Lœuf'],
  ])('of %s that is not UTF-8 is read as %s, with a warning that names the choice', async (country, encoding, name) => {
    const content = iconv.encode(`name,phone\n${name},1\n`, encoding);
    const { rows, input } = await read(content, { defaultCountry: country });
    expect(rows).toEqual([[name, '1']]);
    expect(input.warnings).toMatchObject([{ field: 'file', code: 'encoding_guessed', to: encoding }]);
    expect(input.warnings[0]?.message).toContain(encoding);
  });

  it.each([
    ['LE', 50],
    ['BE', 50],
    ['LE', 1],
  ] as const)('in UTF-16 %s without BOM is read in any script: %i rows', async (order, count) => {
    const names = ['Володимир Зеленський', 'Анастасія Коваленко', '李小龍', 'Ελένη Παπαδοπούλου'];
    for (const name of names) {
      const text = `імʼя;phone\n${`${name.repeat(20)};1\n`.repeat(count)}`;
      const { rows, input } = await read(iconv.encode(text, `utf-16${order.toLowerCase()}`));
      expect(input.format?.['encoding']).toBe(`utf-16${order.toLowerCase()}`);
      expect(rows).toEqual(Array.from({ length: count }, () => [name.repeat(20), '1']));
    }
  });

  it.each<[what: string, content: Buffer, names: string[]]>([
    [
      'whose last character is cut off',
      Buffer.from('name\nŽofia\nĽuboš\nJán Kovač').subarray(0, -1),
      ['Žofia', 'Ľuboš', 'Ján Kova\ufffd'],
    ],
    [
      'with one bad byte',
      Buffer.concat([Buffer.from('name\nŽofia\nĽuboš\nJ'), Buffer.from([0xe1]), Buffer.from('n')]),
      ['Žofia', 'Ľuboš', 'J\ufffdn'],
    ],
    ['with a BOM and one bad byte', Buffer.from('\xef\xbb\xbfname\nJ\xe1n', 'latin1'), ['J\ufffdn']],
  ])('in UTF-8 %s keeps all the other characters, and says so', async (_what, content, names) => {
    const { rows, input } = await read(content, { defaultCountry: 'SK' });
    expect(rows).toEqual(names.map((name) => [name]));
    expect(input.warnings).toMatchObject([{ field: 'file', code: 'encoding_damaged', to: 'utf-8' }]);
  });

  it('with a � of its own is whole UTF-8', async () => {
    expect((await read('name\nNov\ufffdk\n')).input.warnings).toEqual([]);
  });

  it.each([
    ['UA', 'windows-1251', 'ВІКТОРІЯ ЛІСОВА;КИЇВ;ВІННИЦЯ;ТЕРНОПІЛЬ;ЮЛІЯ;НАТАЛІЯ'],
    ['PL', 'windows-1250', 'ŁUKASZ ŻÓŁĆ;ZAŻÓŁĆ GĘŚLĄ JAŹŃ;ŠŤASTNÁ'],
  ])('of %s in %s is not taken for damaged UTF-8', async (country, encoding, names) => {
    const { rows, input } = await read(iconv.encode(`name\n${names.replaceAll(';', '\n')}`, encoding), {
      defaultCountry: country,
    });
    expect(rows.flat()).toEqual(names.split(';'));
    expect(input.format?.['encoding']).toBe(encoding);
  });

  it('is read in the code page of the options when that is given', async () => {
    const content = iconv.encode('name,phone\nŁukasz,1\n', 'windows-1250');
    const { rows, input } = await read(content, { defaultCountry: 'US', encoding: 'windows-1250' });
    expect(rows).toEqual([['Łukasz', '1']]);
    expect(input.warnings[0]?.message).toContain('options.encoding');
  });

  it('keeps quotation marks, delimiters and line breaks in quoted cells', async () => {
    const { rows } = await read('name,phone\n"Smith, ""Jo""","a\r\nb\nc"\n5" pipe,"x"y\n');
    expect(rows).toEqual([
      ['Smith, "Jo"', 'a\r\nb\nc'],
      ['5" pipe', '"x"y'],
    ]);
  });

  it('gives cells as they are, untrimmed', async () => {
    expect((await read('name,phone\n Anna ,\u00a0="00421"\n')).rows).toEqual([[' Anna ', '\u00a0="00421"']]);
  });

  it('is not misled by a delimiter that only occurs inside quotation marks', async () => {
    const { rows, input } = await read('"name";"phone"\n"a,b,c";"1,2"\n"d,e,f";"3,4"\n');
    expect(input.format?.['delimiter']).toBe(';');
    expect(rows[0]).toEqual(['a,b,c', '1,2']);
    expect((await read('"name, first, last";phone\n"a, b, c";1\n')).input.fields).toEqual([
      'name, first, last',
      'phone',
    ]);
  });

  it('is not misled by a delimiter that only the data has', async () => {
    expect((await read('name;phone\na|b|c;1\na|b|c;2\n')).input.format?.['delimiter']).toBe(';');
    expect((await read('name, first;phone\nA, B;1\nC;2\nD;3\n')).input.format?.['delimiter']).toBe(';');
  });

  it('counts rows without blank ones, and lines as an editor shows them', async () => {
    const { records } = await read('name,phone\r\n\r\n"a\r\nb\rc\nd",1\r\n,\r\ne,2\r\n"f\r\n\r\n",3\r\ng,4');
    expect(records.map(({ origin }) => [origin.row, origin.line])).toEqual([
      [1, 3],
      [2, 8],
      [3, 9],
      [4, 12],
    ]);
  });

  it('counts the sep line among the lines', async () => {
    expect((await read('sep=;\nname;phone\na;1\n')).lines).toEqual([3]);
  });

  it('with only a header has no rows', async () => {
    expect((await read('name,phone')).rows).toEqual([]);
  });

  it('may have a cell of 5 MB', async () => {
    const cell = 'x"",\n'.repeat(MEGABYTE);
    const { rows } = await read(`name,phone\n"${cell}",1\nb,2\n`);
    expect(rows[0]?.[0]).toBe(cell.replaceAll('""', '"'));
    expect(rows[1]).toEqual(['b', '2']);
  });

  it('may have names of columns that JavaScript knows', async () => {
    const { records } = await read('constructor,toString,1\na,b,c\n');
    expect(records[0]?.fields).toEqual({ constructor: 'a', toString: 'b', 1: 'c' });
  });

  it('is described by name, size and SHA-256', async () => {
    const { input } = await read(PLAIN);
    const sha256 = createHash('sha256').update(PLAIN).digest('hex');
    expect(input).toMatchObject({ name: 'contacts.csv', size: Buffer.byteLength(PLAIN), sha256 });
  });

  it('is resumed after a row', async () => {
    const stream = await readCsv(source('name\n\na\nb\nc\n'), options, { row: 2 });
    expect(await all(stream)).toMatchObject([
      { fields: { name: 'c' }, cursor: { row: 3 }, origin: { row: 3, line: 5 } },
    ]);
  });

  it('gives the cell of the id column as the id, and none where it is empty', async () => {
    const { records } = await read('id,name\n 7 ,a\n  ,b\n', { idColumn: 'id' });
    expect(records.map(({ id }) => id)).toEqual(['7', undefined]);
  });

  it('that we wrote as errors.csv is read without our columns', async () => {
    const { input, records } = await read('name;phone;_row;_code;_error;_fix\na;1;7;x;y;z\n');
    expect(input.fields).toEqual(['name', 'phone']);
    expect(records).toMatchObject([{ fields: { name: 'a', phone: '1' } }]);
    expect(records[0]?.damage).toBeUndefined();
  });

  it('gives back whatever was written, and the line where it stands', async () => {
    const cell = string({ unit: constantFrom('a', 'ž', '"', ',', ';', '\n', '\r', ' ', '😀') });
    const row = tuple(cell, cell, constantFrom('x', 'y'));
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await assert(
      asyncProperty(array(row), constantFrom('\n', '\r\n', '\r'), async (written, lineEnd) => {
        const texts = ['h1,h2,h3', ...written.map((cells) => cells.map(quoted).join(','))].map(
          (text) => text + lineEnd,
        );
        const { rows, lines } = await read(texts.join(''), { delimiter: ',' });
        expect(rows).toEqual(written);
        const startOf = (index: number): number =>
          texts
            .slice(0, index)
            .join('')
            .split(/\r\n|\r|\n/).length;
        expect(lines).toEqual(written.map((_cells, index) => startOf(index + 1)));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('is read without a crash or a hang whatever its bytes are', async () => {
    const bytes = uint8Array({ minLength: 1, maxLength: 300 });
    await assert(
      asyncProperty(bytes, constantFrom('', 'name,phone\n', '\uFEFF', 'sep=;\n'), async (tail, start) => {
        const content = Buffer.concat([Buffer.from(start), tail]);
        const outcome = await read(content).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(FatalError);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe('a ragged row', () => {
  it('with too many cells is damaged, and shows what is left over', async () => {
    const { records } = await read('name,phone\nSmith, John,+421\nAnna,1\n');
    expect(records[0]?.damage?.message).toBe('The row has 3 cells, but the header has 2 columns; left over is: +421');
    expect(records[0]?.damage?.value).toBe('Smith, John,+421');
    expect(records[1]?.damage).toBeUndefined();
  });

  it('is described on one line', async () => {
    const { records } = await read('name,phone\nAnna,1,"VIP\nnew"\n');
    expect(records[0]?.damage?.message).toBe(
      'The row has 3 cells, but the header has 2 columns; left over is: VIP↵new',
    );
  });

  it('with millions of cells says how many, and keeps few of them', async () => {
    const { records } = await read(`name,phone\n${'ab,'.repeat(2_000_000)}\nAnna,1${','.repeat(2_000_000)}\n`);
    expect(records[0]?.damage?.message).toMatch(/^The row has 2000001 cells, but the header has 2 columns/);
    expect(records[1]?.damage).toBeUndefined();
    const late = `${','.repeat(1_000_000)}late`;
    expect((await read(`name,phone\nAnna,1${late}\n`)).records[0]?.damage?.message).toContain('left over is: late');
  });

  it('with too few cells is damaged, and its missing cells are empty', async () => {
    const { records } = await read('name,phone,email\nSmith\n');
    expect(records[0]?.damage?.message).toBe('The row has only 1 cell, but the header has 3 columns.');
    expect(records[0]?.fields).toEqual({ name: 'Smith', phone: '', email: '' });
  });

  it('with more empty cells is harmless', async () => {
    expect((await read('name,phone\na,1,,\nb,2, \n')).records.map(({ damage }) => damage)).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('a file is refused as a whole', () => {
  const utf32 = Buffer.from('fffe00006e000000', 'hex');
  it.each<[kind: string, code: string, says: RegExp, content: Buffer | string, more?: Partial<CsvOptions>]>([
    ['larger than allowed', 'file_too_large', /^File size exceeds 8 MB/, Buffer.alloc(8 * MEGABYTE + 1, 'a')],
    ['empty', 'file_empty', /empty/, ''],
    ['of blank lines', 'file_empty', /empty/, '\n \r\n,,\n'],
    ['of a BOM only', 'file_empty', /empty/, '\uFEFF'],
    ['a ZIP or XLSX', 'not_csv', /Excel workbook/, Buffer.from('504b0304140006000800', 'hex')],
    ['an old XLS', 'not_csv', /old Excel/, Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['a PDF', 'not_csv', /PDF/, '%PDF-1.7\n'],
    ['an HTML page', 'not_csv', /HTML/, '<html><body>Login</body></html>'],
    ['JSON', 'not_csv', /JSON/, '[{"name": "Anna"}]'],
    ['with NUL bytes', 'not_csv', /NUL/, 'name,phone\nAn\0na,1\n'],
    ['with a BOM and NUL bytes', 'not_csv', /NUL/, '\uFEFFname,phone\nAn\0na,1\n'],
    ['in UTF-16 with NUL characters', 'not_csv', /NUL/, Buffer.from('\uFEFFname,phone\nAn\0na,1\n', 'utf16le')],
    ['of random bytes', 'not_csv', /NUL/, Buffer.from([1, 0, 0, 7, 200, 3, 0, 0, 0, 9])],
    ['in UTF-32', 'encoding_unreadable', /UTF-32/, utf32],
    ['in half a UTF-16', 'encoding_unreadable', /breaks off/, Buffer.from(`\uFEFF${PLAIN}`, 'utf16le').subarray(0, -1)],
    [
      'with bytes the code page lacks',
      'encoding_unreadable',
      /windows-1250/,
      Buffer.from('name,phone\n\x81,1', 'latin1'),
    ],
    [
      'not the UTF-8 of the options',
      'encoding_unreadable',
      /UTF-8/,
      Buffer.from('name\n\xe9', 'latin1'),
      { encoding: 'utf-8' },
    ],
    ['with a column named twice', 'header_duplicate', /"phone"/, 'name,phone, phone\na,1,2\n'],
    ['with a column without name', 'header_unusable', /Column 2/, 'name,,phone\na,1,2\n'],
    ['with a last column without name', 'header_unusable', /Column 3/, 'name,phone,\na,1,\n'],
    ['with two last columns without name', 'header_unusable', /Column 3/, 'name,phone,,\na,1,,\n'],
    ['with an invisible name of a column', 'header_unusable', /Column 2/, 'name,\u200b,phone\na,1,2\n'],
    [
      'with a header of two lines',
      'header_unusable',
      /"n↵m", "phone"\.$/,
      '"n\nm",phone\na,1\n',
      { readsTemplate: true },
    ],
    [
      'with an unprintable header',
      'header_unusable',
      /"name\\u0001", "phone"\.$/,
      'name\u0001,phone\na,1\n',
      { readsTemplate: true },
    ],
    ['with a reserved column', 'header_unusable', /__proto__/, 'name,__proto__\na,1\n'],
    ['with a million columns', 'header_unusable', /2000/, Array.from({ length: 1_000_000 }, (_, at) => at).join(',')],
    ['without the id column', 'header_unusable', /"key"/, 'name,phone\n', { idColumn: 'key' }],
    ['with another delimiter than fixed', 'wrong_delimiter', /options.delimiter/, PLAIN, { delimiter: ';' }],
    [
      'with a wrong sep line',
      'wrong_delimiter',
      /^The line "sep=," at the top .* is wrong/,
      'sep=,\nname;phone\na;1\n',
    ],
    ['not with the comma fixed', 'wrong_delimiter', /by a comma, as opt/, 'name;phone\na;1\n', { delimiter: ',' }],
    ['with a quotation mark never closed', 'not_csv', /at line 4 /, 'name,phone\n"a\r\nb",1\n"c,2\nd,3\ne,4\n'],
  ])('%s: %s', async (_kind, code, says, content, more = {}) => {
    const error = await refusal(content, more);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
  });

  it('that is larger than allowed, before it is read', async () => {
    const open = (): never => {
      throw new Error('It was read.');
    };
    const huge = { name: 'huge.csv', size: async () => 1e12, open };
    await expect(readCsv(huge, options)).rejects.toThrow(/exceeds 8 MB/);
  });

  it('that grows beyond what is allowed while it is read', async () => {
    const growing = { ...source('a'.repeat(1000), 100), size: async () => 100 };
    await expect(readCsv(growing, { ...options, maxFileSize: 500 })).rejects.toThrow(/exceeds/);
  });

  it('is left at once when the reading is stopped while the bytes do not come', async () => {
    let opened = 0;
    const stop = new AbortController();
    const stalling: ByteSource = {
      ...source('name\nAnna\n'),
      async *open() {
        if (++opened === 3) await new Promise(() => stop.abort(new Error('The daemon stops.')));
        yield Buffer.from('name\nAnna\n');
      },
    };
    const reading = readCsv(stalling, options, { row: 0 }, stop.signal).then(all);
    await expect(reading).rejects.toThrow('The daemon stops.');
  });

  it('is read again later when it changed while it was read', async () => {
    let opened = 0;
    const growing: ByteSource = {
      name: 'growing.csv',
      size: async () => 5,
      async *open() {
        yield Buffer.from(opened++ === 0 ? 'name\n' : 'name\nAnna\n');
      },
    };
    const reading = readCsv(growing, options).then(all);
    await expect(reading).rejects.toThrow(RetryableError);
  });
});

describe('a header read by the template', () => {
  it.each([[['name', 'phone']], [[' NAME ', 'Email2', 'Tier']]])('is usable: %j', (fields) => {
    expect(() => checkTemplateHeader(fields)).not.toThrow();
  });

  it.each([
    [['phone', 'city'], 'no column "name"; its columns are: "phone", "city"'],
    [['name', 'city'], 'no column "phone", "email" or "email2"'],
    [['a', 'b'], 'no column "name" and no column "phone"'],
    [['name^phone^email'], 'read as one column: "name^phone^email"'],
    [['name', 'phone', 'Phone'], 'more than once: "phone"'],
  ])('is refused: %j', (fields, says) => {
    expect(() => checkTemplateHeader(fields)).toThrow(says);
  });
});
