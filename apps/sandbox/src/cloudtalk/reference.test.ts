import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloudTalkClient } from '@cloudtalk-sync/cloudtalk';
import { type Database, openDatabase } from '@cloudtalk-sync/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contactsCsv, csv, phoneOf } from '../../../../test/builders/csv.js';
import { emptyDatabase } from '../../../../test/support/databases.js';
import { Workshop, type WorkshopOptions } from '../../../../test/support/workshop.js';
import { type Fault, startCloudTalkSandbox } from '../index.js';
import { operationOf, problemsOf, type RecordedExchange, type Recorder, startRecorder } from './test-recorder.js';

/** The statuses that each operation was answered with. */
function statusesOf(exchanges: readonly RecordedExchange[]): Readonly<Record<string, readonly number[]>> {
  const seen: Record<string, number[]> = {};
  for (const exchange of exchanges) (seen[operationOf(exchange)?.path ?? exchange.path] ??= []).push(exchange.status);
  return Object.fromEntries(Object.entries(seen).map(([path, statuses]) => [path, [...new Set(statuses)].sort()]));
}

interface SentCommand {
  readonly action: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function commandsOf(exchanges: readonly RecordedExchange[]): readonly SentCommand[] {
  return exchanges.flatMap(({ body }) => (Array.isArray(body) ? (body as SentCommand[]) : []));
}

/** Every member that commands of this action sent; with `value`, those that had it. */
function membersOf(exchanges: readonly RecordedExchange[], action: string, value?: unknown): readonly string[] {
  const members = commandsOf(exchanges)
    .filter((command) => command.action === action)
    .flatMap(({ data }) => Object.entries(data));
  return [...new Set(members.filter(([, one]) => value === undefined || one === value).map(([name]) => name))].sort();
}

const ALL = 'name,title,company,industry,website,address,city,zip,state,country,favorite_agent,phone,email,tags,Tier';
const FULL =
  'Jana "J" Nová,Dr.,R&D <x>,it,https://example.com,First 1,Brno,602 00,JM,CZ,alice.agent@example.com,' +
  '+420601000001,jana@example.com,vip,gold';
const FIELDS = [
  'ContactAttribute',
  'ContactEmail',
  'ContactNumber',
  'ContactsTag',
  'address',
  'city',
  'company',
  'country_id',
  'favorite_agent',
  'industry',
  'name',
  'state',
  'title',
  'website',
  'zip',
];

describe('what an import asks of CloudTalk and what the stand-in answers is as the API reference has it', () => {
  let database: Database;
  let dataDir: string;
  let workshop: Workshop;
  let recorder: Recorder;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reference-'));
    database = await openDatabase({ dataDir });
  });
  beforeEach(async () => {
    await emptyDatabase(database);
    recorder = await startRecorder(() => workshop.sandbox.url);
  });
  afterEach(async () => {
    await workshop.close();
    await recorder.close();
    expect(recorder.exchanges.flatMap(problemsOf)).toEqual([]);
  });
  afterAll(async () => {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function open(options: WorkshopOptions): Promise<void> {
    workshop = await Workshop.open(database, { ...options, account: { baseUrl: recorder.url } });
  }

  async function importFile(content: string): Promise<void> {
    await workshop.drop('contacts.csv', content);
    const [run] = await workshop.import();
    expect(run?.status).toMatch(/^completed/);
  }

  it.each(['first', 'all'] as const)('adds, edits, lists and looks (a list shows %s)', async (indexShows) => {
    await open({ sandbox: { indexShows } });
    const foreign = Array.from({ length: 1_001 }, (_, number) => ({
      name: `Foreign <${number}>`,
      ContactNumber: [{ public_number: phoneOf(number) }, { public_number: phoneOf(10_000 + number) }],
      ContactEmail: [{ email: `foreign.${number}@example.com` }],
      ContactsTag: [{ name: 'Q&A' }],
      ContactAttribute: [{ attribute_id: 202, value: '"1"' }],
      ExternalUrl: [{ name: 'CRM', url: 'https://example.com/?a=1&b=2' }],
    }));
    for (const contact of foreign) workshop.sandbox.add(contact);
    await importFile(csv(ALL, FULL) + contactsCsv(20, 995).split('\n').slice(1).map(wide).join('\n'));
    await importFile(csv(ALL, FULL.replace('gold', 'silver').replace('Brno', 'Praha').replace('Dr.', 'Ing.')));
    const { exchanges } = recorder;
    expect(membersOf(exchanges, 'add_contact')).toEqual(FIELDS);
    expect(membersOf(exchanges, 'edit_contact')).toEqual(expect.arrayContaining(['ContactAttribute', 'city', 'id']));
    expect(exchanges.map(({ query }) => query.get('page'))).toContain('2');
    expect(Object.keys(statusesOf(exchanges)).sort()).toEqual([
      '/agents/index.json',
      '/bulk/contacts.json',
      '/contacts/attributes.json',
      '/contacts/index.json',
      '/contacts/show/{contactId}.json',
      '/countries/index.json',
    ]);
  });

  it('clears values and whole lists', async () => {
    const clear = true as const;
    const fields = ['title', 'company', 'industry', 'website', 'address', 'city', 'zip', 'state', 'country'] as const;
    const cleared = [...fields, 'favorite_agent', 'email', 'tags'].map((field) => [field, { from: field, clear }]);
    const mapping = { ...Object.fromEntries(cleared), name: 'name', phone: 'phone' };
    const lists = { numbers: 'replace', emails: 'replace', tags: 'replace', attributes: 'managed' } as const;
    const attributes = { Tier: { from: 'Tier', clear } };
    await open({ connection: { mapping: { ...mapping, attributes }, lists } });
    await importFile(csv(ALL, FULL));
    await importFile(csv(ALL, 'Jana,,,,,,,,,,,+420601000001,,,'));
    expect(membersOf(recorder.exchanges, 'edit_contact', '')).toEqual(
      FIELDS.filter((field) => field !== 'name' && field !== 'ContactNumber'),
    );
  });

  const faults: readonly Fault[] = [
    { kind: 'throttle' },
    { kind: 'error', when: 'before' },
    { kind: 'error', when: 'after' },
    { kind: 'refuse command', index: 1 },
    { kind: 'command error', index: 1, applied: true },
    { kind: 'omit command', index: 1, applied: false },
    { kind: 'refuse request', fields: { name: ['No.'] } },
  ];
  it('says what went wrong, and finds what it no longer knows', async () => {
    await open({});
    for (const fault of faults) workshop.sandbox.fault({ ...fault, match: 'bulk', skip: 1 });
    await importFile(contactsCsv(40));
    const { sandbox } = workshop;
    for (const contact of sandbox.contacts().slice(0, 3)) sandbox.remove(contact.id);
    await importFile(contactsCsv(40).replaceAll('Contact', 'Changed'));
    expect(statusesOf(recorder.exchanges)).toMatchObject({ '/bulk/contacts.json': [200, 406, 429, 500] });
    const searches = recorder.exchanges.filter(({ query }) => query.has('keyword'));
    expect(searches.length).toBeGreaterThan(0);
    expect(recorder.exchanges.map(({ answer }) => answer).join()).toContain('"status":404');
  });
});

/** A line of `name,phone,email` in the columns of ALL. */
function wide(line: string): string {
  const [name = '', phone = '', email = ''] = line.split(',');
  return name === '' ? '' : `${name},,,,,,,,,,,${phone},${email},new,`;
}

describe('the client', () => {
  it('reads every list and what is not there as the API reference has it', async () => {
    const sandbox = await startCloudTalkSandbox();
    const recorder = await startRecorder(() => sandbox.url);
    const key = { accessKeyId: 'sandbox-key', accessKeySecret: 'sandbox-secret' };
    const client = createCloudTalkClient({ baseUrl: recorder.url, requestTimeout: 2_000, ...key });
    const id = sandbox.add({ name: 'Jana', ContactsTag: [{ name: 'Q&A' }] });
    const reads = [client.countries(), client.attributes(), client.agents(1), client.tags(1), client.show(id)];
    await Promise.all([...reads, client.agents(2), client.show(1), client.contacts({ page: 9, limit: 1 })]);
    await client.bulk([{ action: 'delete_contact', command_id: '1', data: { id } }]);
    sandbox.fault({ kind: 'refuse key' });
    await expect(client.countries()).rejects.toThrow('refused the access key');
    await sandbox.close();
    await recorder.close();
    expect(recorder.exchanges.flatMap(problemsOf)).toEqual([]);
    expect(statusesOf(recorder.exchanges)).toEqual({
      '/agents/index.json': [200],
      '/bulk/contacts.json': [200],
      '/contacts/attributes.json': [200],
      '/contacts/index.json': [200],
      '/contacts/show/{contactId}.json': [200, 404],
      '/countries/index.json': [200, 401],
      '/tags/index.json': [200],
    });
  });
});
