import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { csv } from '../builders/csv.js';
import { type Ended, Processes } from '../support/processes.js';

/** Processes start slowly on a busy machine; milliseconds. */
vi.setConfig({ testTimeout: 120_000 });

let processes: Processes;

beforeAll(async () => {
  processes = await Processes.open();
  await rm(processes.config);
});
afterAll(() => processes.close());

/** Validates a file of that name and content, from the folder it lies in, without config, account and database. */
async function validate(name: string, content: string | Buffer, ...options: readonly string[]): Promise<Ended> {
  await writeFile(join(processes.folder, name), content);
  return processes.command('validate', ...options, '--', name);
}

describe('validate --json', () => {
  it('prints one JSON object with every row, its normalised contact or its issues', async () => {
    const content = csv(
      'name,phone,email,email2,country,tags,Tier',
      'Jana Nová,0905 123 456:0905 123 457,JANA@Example.com,j2@example.com,slovakia,vip:sk,Gold',
      '"Over\ntwo lines",+421905000001,,,,,',
      'Bad,12,,,Absurdistan,,',
    );
    const { code, stdout, stderr } = await validate('contacts.csv', content, '--country', 'SK', '--json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      file: 'contacts.csv',
      status: 'completed with failures',
      error: null,
      totals: { rows: 3, valid: 2, failed: 1 },
      warnings: [],
      rows: [
        {
          row: 1,
          line: 2,
          status: 'valid',
          contact: {
            name: 'Jana Nová',
            phones: ['+421905123456', '+421905123457'],
            emails: ['JANA@example.com', 'j2@example.com'],
            country: 'SK',
            tags: ['vip', 'sk'],
            attributes: { Tier: 'Gold' },
          },
          issues: [],
          warnings: [],
        },
        {
          row: 2,
          line: 3,
          status: 'valid',
          contact: { name: 'Over two lines', phones: ['+421905000001'], emails: [], tags: [], attributes: {} },
          issues: [],
          warnings: [
            { field: 'name', code: 'line_break', from: 'Over\ntwo lines', to: 'Over two lines', message: anyText },
          ],
        },
        {
          row: 3,
          line: 5,
          status: 'failed',
          contact: null,
          issues: [
            { field: 'country', code: 'invalid_country', value: 'Absurdistan', message: anyText, fix: anyText },
            { field: 'phone', code: 'phone_too_short', value: '12', message: anyText, fix: anyText },
          ],
          warnings: [],
        },
      ],
    });
  });

  it('ends with 0 when every row is valid, and names what it found out about the file', async () => {
    const content = Buffer.from('name;phone\r\nKov\xe1\xe8;0905123456\r\n', 'latin1');
    const { code, stdout } = await validate('code-page.csv', content, '--country', 'SK', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'completed',
      error: null,
      totals: { rows: 1, valid: 1, failed: 0 },
      rows: [{ contact: { name: 'Kováč', phones: ['+421905123456'] } }],
      warnings: [{ code: 'encoding_guessed', to: 'windows-1250', message: anyText }],
    });
  });

  it.each([
    ['no-header.csv', csv('first,second', 'a,b'), 'header_unusable'],
    ['workbook.csv', Buffer.from('PK\x03\x04 and so on'), 'not_csv'],
    ['empty.csv', '', 'file_empty'],
    ['too-large.csv', `name,phone\n${'Jana,0905123456\n'.repeat(530_000)}`, 'file_too_large'],
  ])('refuses %s as a whole, with the reason', async (name, content, reason) => {
    const { code, stdout } = await validate(name, content, '--country', 'SK', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      file: name,
      status: 'failed',
      error: { code: reason, message: anyText, fix: anyText },
      totals: { rows: 0, valid: 0, failed: 0 },
      rows: [],
      warnings: [],
    });
  });

  it('takes a path that is no file for a wrong command line', async () => {
    await mkdir(join(processes.folder, 'folder.csv'));
    const missing = await processes.command('validate', 'missing.csv', '--json');
    const folder = await processes.command('validate', 'folder.csv', '--json');
    const device = await processes.command('validate', '/dev/null', '--json');
    const through = await processes.command('validate', '/etc/passwd/a.csv', '--json');
    expect([missing.code, folder.code, device.code, through.code]).toEqual([2, 2, 2, 2]);
    expect(JSON.parse(device.stdout)).toMatchObject({ file: '/dev/null', error: { code: 'not_a_file' } });
    expect(JSON.parse(through.stdout)).toMatchObject({ error: { code: 'file_missing' } });
    expect(JSON.parse(missing.stdout)).toMatchObject({ file: 'missing.csv', error: { code: 'file_missing' } });
    expect(JSON.parse(folder.stdout)).toMatchObject({ file: 'folder.csv', error: { code: 'not_a_file' } });
  });

  it.each(['with spaces.csv', 'žltý kôň.csv', '-dash.csv', 'quo"te\'s.csv', 'new\nline.csv', '100%.txt'])(
    'takes a file called %j',
    async (name) => {
      const { code, stdout } = await validate(name, csv('name,phone', 'Jana,0905123456'), '--country', 'SK', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ file: name, totals: { rows: 1, valid: 1 } });
    },
  );

  it('prints a large file whole into a pipe', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `Contact ${index},+4219050${10_000 + index}`);
    const { code, stdout } = await validate('many.csv', csv('name,phone', ...rows), '--json');
    const checked = JSON.parse(stdout) as { readonly rows: readonly unknown[]; readonly totals: unknown };
    expect(code).toBe(0);
    expect(checked.totals).toEqual({ rows: 20_000, valid: 20_000, failed: 0 });
    expect(checked.rows).toHaveLength(20_000);
  });
});

describe('validate', () => {
  it('tells a person which row is wrong, why, and what to do', async () => {
    const { code, stdout } = await validate(
      'person.csv',
      csv('name,phone', 'Jana,0905123456', 'Bad,12'),
      '--country',
      'SK',
    );
    expect(code).toBe(1);
    expect(stdout).toContain('row 2 (line 3): phone_too_short: "12" has too few digits for a phone number in');
    expect(stdout).toContain('person.csv: completed with failures; 2 rows, 1 valid, 1 failed');
  });

  it('names a wrong country on the command line', async () => {
    const { code, stderr } = await validate(
      'country.csv',
      csv('name,phone', 'Jana,0905123456'),
      '--country',
      'Slovakia',
    );
    expect(code).toBe(2);
    expect(stderr).toContain("'Slovakia' is no ISO alpha-2 country code");
  });

  it('reads a file as a connection of the config does', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'e2e-config-'));
    const mapping = `{ name: '{{ First }} {{ Last }}', phone: Mobile }`;
    await writeFile(
      processes.config,
      `cloudtalk: { accessKeyId: k, accessKeySecret: s, defaultCountry: CZ }
connections:
  - { id: crm, connector: folder, options: { path: ${folder} }, tag: crm, mapping: ${mapping} }
`,
    );
    const content = csv('First,Last,Mobile', 'Jiří,Dvořák,603123456');
    const known = await validate('crm.csv', content, '--connection', 'crm', '--json');
    const unknown = await validate('crm.csv', content, '--connection', 'other');
    await rm(processes.config);
    await rm(folder, { recursive: true });
    expect(JSON.parse(known.stdout)).toMatchObject({
      rows: [{ contact: { name: 'Jiří Dvořák', phones: ['+420603123456'], tags: ['crm'] } }],
    });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("There is no connection 'other'");
  });
});

const anyText: unknown = expect.stringMatching(/\w/);
