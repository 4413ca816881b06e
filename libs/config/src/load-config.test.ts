import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connector } from '@cloudtalk-sync/connector-kit';
import { ConfigError, type Problem } from '@cloudtalk-sync/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from './load-config.js';
import type { SyncConfig } from './sync-config.js';

const unused = (): never => {
  throw new Error('Nothing is opened while the config is read.');
};
const folder: Connector = {
  type: 'folder',
  optionsSchema: z.strictObject({ path: z.string(), delimiter: z.enum([',', ';']).default(',') }),
  cursorSchema: z.unknown(),
  hasTemplate: true,
  open: unused,
};
const salesforce: Connector = {
  type: 'salesforce',
  optionsSchema: z.strictObject({ loginUrl: z.string(), password: z.string() }),
  cursorSchema: z.unknown(),
  hasTemplate: false,
  fieldNames: {
    mapped: z.string().regex(/^[\w.]+$/, { error: 'Write one word.' }),
    written: z.string().regex(/^\w+$/, { error: 'Write one word.' }),
  },
  open: unused,
};

const CLOUDTALK = `cloudtalk:
  accessKeyId: id
  accessKeySecret: secret
  defaultCountry: SK
`;
const DROP = `connections:
  - id: drop
    connector: folder
    options: { path: ./drop }
`;

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'config-test-'));
  path = join(dir, 'sync.yaml');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function load(text: string, environment: Record<string, string> = {}): Promise<SyncConfig> {
  await writeFile(path, text);
  return loadConfig({ path, environment, connectors: [folder, salesforce] });
}

async function problems(text: string, environment: Record<string, string> = {}): Promise<readonly Problem[]> {
  const error: unknown = await load(text, environment).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems;
}

/** `line:column path` of each problem. */
const places = (found: readonly Problem[]): string[] => found.map((one) => `${one.line}:${one.column} ${one.path}`);

describe('a config file', () => {
  it('that says the least gets every default', async () => {
    expect(await load(CLOUDTALK + DROP)).toEqual({
      accounts: [
        {
          id: 'default',
          baseUrl: 'https://my.cloudtalk.io/api',
          accessKeyId: 'id',
          accessKeySecret: 'secret',
          defaultCountry: 'SK',
          operationsPerMinute: 60,
          share: 0.8,
          requestTimeout: 30_000,
          settle: 60_000,
          directoryMaxAge: 3_600_000,
        },
      ],
      connections: [
        {
          id: 'drop',
          accountId: 'default',
          connector: 'folder',
          options: { path: './drop', delimiter: ',' },
          lists: { numbers: 'union', emails: 'union', tags: 'add', attributes: 'managed' },
          report: {},
          fullReadAfter: 604_800_000 - 3 * 3_600_000,
          onDelete: 'keep',
          onMerge: 'relink',
          unknownColumns: 'warn',
          maxFileSize: 8_388_608,
          stopAfterFailures: 1000,
        },
      ],
      file: path,
    });
  });

  it('may say everything that the design shows', async () => {
    const { accounts, connections } = await load(
      `
cloudtalk:
  baseUrl: http://127.0.0.1:8450/api/
  accessKeyId: \${KEY_ID}
  accessKeySecret: \${KEY_SECRET}
  defaultCountry: sk
  operationsPerMinute: 120
  share: 50%
  requestTimeout: 500ms
  settle: 2m
  directoryMaxAge: 1d
  contactUrl: https://dashboard.example/contacts/{{ id }}
imports:
  maxFileSize: 1MB
  stopAfterFailures: 5
connections:
  - id: crm-nightly
    connector: salesforce
    schedule: { cron: '0 2 * * *', timezone: Europe/Bratislava }
    options: { loginUrl: https://login.example, password: 'a$\${b}' }
    tag: salesforce
    mapping:
      name: '{{ FirstName }} {{ LastName }}'
      phone: [MobilePhone, Phone]
      tags: [{ value: crm }, { from: LeadSource, lookup: { Web: inbound }, default: other }]
      attributes: { Tier: Account.Tier__c }
    report: { status: CloudTalk_Status__c, link: CloudTalk_Link__c }
    full: monthly
    onDelete: tag
    onMerge: delete second
    mostErased: 500
    doNotCall: { fields: [DoNotCall], file: ./suppressed.csv, then: untag, campaignTags: ['campaign-*'] }
  - id: partner-drop
    connector: folder
    schedule: { every: 30s }
    options: { path: ./drop }
    stopAfterFailures: 7
    unknownColumns: fail
`,
      { KEY_ID: 'from the environment', KEY_SECRET: 'too' },
    );
    expect(accounts[0]).toMatchObject({
      baseUrl: 'http://127.0.0.1:8450/api',
      accessKeyId: 'from the environment',
      defaultCountry: 'SK',
      operationsPerMinute: 120,
      share: 0.5,
      requestTimeout: 500,
      settle: 120_000,
      directoryMaxAge: 86_400_000,
      contactUrl: 'https://dashboard.example/contacts/{{ id }}',
    });
    expect(connections[0]).toMatchObject({
      schedule: { kind: 'cron', cron: '0 2 * * *', timezone: 'Europe/Bratislava' },
      options: { password: 'a${b}' },
      tag: 'salesforce',
      mapping: { phone: ['MobilePhone', 'Phone'] },
      report: { status: 'CloudTalk_Status__c', link: 'CloudTalk_Link__c' },
      fullReadAfter: 30 * 86_400_000 - 3 * 3_600_000,
      onDelete: { tag: 'deleted' },
      onMerge: 'delete second',
      mostErased: 500,
      doNotCall: { fields: ['DoNotCall'], file: './suppressed.csv', then: 'untag', campaignTags: ['campaign-*'] },
      maxFileSize: 1_048_576,
      stopAfterFailures: 5,
      unknownColumns: 'warn',
    });
    expect(connections[1]).toMatchObject({
      schedule: { kind: 'every', every: 30_000 },
      maxFileSize: 1_048_576,
      stopAfterFailures: 7,
      unknownColumns: 'fail',
    });
  });

  it('that would report into a field it maps, or link to no address, is refused', async () => {
    const found = await problems(
      CLOUDTALK +
        `connections:
  - id: crm
    connector: salesforce
    options: { loginUrl: https://login.example, password: x }
    mapping: { name: Name, phone: Phone, title: '{{ Note__c }}' }
    report: { message: Note__c, link: Link__c, colour: Red__c }
    onDelete: burn
    mostErased: 0
    doNotCall: { then: skip, campaignTags: [x] }
  - id: drop
    connector: folder
    options: { path: ./drop }
    onMerge: relink
    full: weekly
    mostErased: 9
`,
    );
    expect(places(found).map((place) => place.replace(/^\d+:\d+ /, ''))).toEqual([
      'connections[0].report.message',
      'connections[0].report.link',
      'connections[0].report.colour',
      'connections[0].onDelete',
      'connections[0].mostErased',
      'connections[0].doNotCall',
      'connections[0].doNotCall.campaignTags',
      'connections[1].onMerge',
      'connections[1].full',
      'connections[1].mostErased',
    ]);
    expect(found[0]?.message).toContain('Note__c takes the outcome back and also feeds the mapping');
  });

  it('that reports to a field which says who must not be called is told so, also beside other problems', async () => {
    const text =
      CLOUDTALK +
      `connections:
  - id: crm
    connector: salesforce
    options: { loginUrl: https://login.example, password: x }
    mapping: { name: Name, phone: Phone }
    report: { status: quiet__C, message: Note__c }
    doNotCall: { fields: [Quiet__c], then: silence }
`;
    const found = await problems(text);
    expect(places(found).map((place) => place.replace(/^\d+:\d+ /, ''))).toEqual([
      'connections[0].report.status',
      'connections[0].doNotCall.then',
    ]);
    expect(found[0]?.message).toContain('quiet__C takes the outcome back and also feeds doNotCall.fields');
  });

  it('that puts two parts of the report into one field is told so, whatever the case', async () => {
    const text =
      CLOUDTALK +
      `connections:
  - id: crm
    connector: salesforce
    options: { loginUrl: https://login.example, password: x }
    mapping: { name: Name, phone: Phone }
    report: { status: Note__c, code: Code__c, message: note__c, contactId: NOTE__c }
`;
    const found = await problems(text);
    expect(places(found).map((place) => place.replace(/^\d+:\d+ /, ''))).toEqual([
      'connections[0].report.message',
      'connections[0].report.contactId',
    ]);
    expect(found[1]?.message).toContain('The field NOTE__c takes report.status already');
  });

  it('that names what can be no field of its source is told each of them, where it stands', async () => {
    const text =
      CLOUDTALK +
      `connections:
  - id: crm
    connector: salesforce
    options: { loginUrl: https://login.example, password: x }
    mapping:
      name: Full Name
      phone: [Phone, { from: Mobile-Phone }]
      email: 'mailto:{{ E mail }}'
      tags: { value: A constant of any kind }
      nickname: Nick
      attributes: { Shoe Size: Shoe Size }
    report: { status: Its Status, message: Note }
    doNotCall: { fields: [Opted Out], then: skip }
`;
    const found = await problems(text);
    expect(places(found)).toEqual([
      '10:7 connections[0].mapping.name',
      '11:22 connections[0].mapping.phone[1]',
      '12:7 connections[0].mapping.email',
      '14:7 connections[0].mapping.nickname',
      '15:21 connections[0].mapping.attributes.Shoe Size',
      '16:15 connections[0].report.status',
      '17:27 connections[0].doNotCall.fields[0]',
    ]);
    expect(found[0]).toMatchObject({
      message: '"Full Name" cannot be the name of a field of salesforce.',
      expected: 'Write one word.',
    });
  });

  it('with a schedule whose date never comes is refused', async () => {
    const schedule = "    schedule: { cron: '0 2 31 2 *' }\n";
    const found = await problems(CLOUDTALK + DROP.trimEnd() + '\n' + schedule);
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining('no such date ever comes')]);
  });

  it('takes a secret from the file that NAME_FILE names, without its line break', async () => {
    await writeFile(join(dir, 'secret'), 'from a file\n');
    const text = CLOUDTALK.replace(': secret', ': ${SECRET}') + DROP;
    const { accounts } = await load(text, { SECRET_FILE: join(dir, 'secret') });
    expect(accounts[0]?.accessKeySecret).toBe('from a file');
  });

  it('that has many problems gets all of them listed, in its own order', async () => {
    const found = await problems(`cloudtalk:
  base_url: https://x
  accessKeyId: \${KEY_ID}
  accessKeySecret: \${KEY_SECRET}-\${OTHER}
  defaultCountry: XX
  share: 120%
  requestTimeout: 60s
  settle: 30s
imports:
  maxFileSize: big
connections:
  - id: one
    connector: foldr
  - id: one
    connector: folder
    schedule: { cron: '0 25 * * *', timezone: Europe/Brat }
    options: { pth: ./drop, delimiter: '|' }
    mapping: { phon: Phone, name: { valu: x } }
  - id: no spaces please
    connector: salesforce
    schedule: { every: 30 }
    options: {}
`);
    expect(places(found)).toEqual([
      '2:3 cloudtalk.base_url',
      '3:3 cloudtalk.accessKeyId',
      '4:3 cloudtalk.accessKeySecret',
      '4:3 cloudtalk.accessKeySecret',
      '5:3 cloudtalk.defaultCountry',
      '6:3 cloudtalk.share',
      '8:3 cloudtalk.settle',
      '10:3 imports.maxFileSize',
      '13:5 connections[0].connector',
      '14:5 connections[1].id',
      '16:17 connections[1].schedule.cron',
      '16:37 connections[1].schedule.timezone',
      '17:5 connections[1].options.path',
      '17:16 connections[1].options.pth',
      '17:29 connections[1].options.delimiter',
      '18:16 connections[1].mapping.phon',
      '18:29 connections[1].mapping.name',
      '19:5 connections[2].id',
      '19:5 connections[2].mapping',
      '21:17 connections[2].schedule.every',
      '22:5 connections[2].options.loginUrl',
      '22:5 connections[2].options.password',
    ]);
    expect(found.every((one) => one.file === path && /[.!?]$/.test(one.message) && /[.!?]$/.test(one.expected))).toBe(
      true,
    );
    const told = found.map((one) => `${one.message} ${one.expected}`);
    expect(told[0]).toContain('Did you mean "baseUrl"?');
    expect(told[2]).toContain('KEY_SECRET is not set');
    expect(told[3]).toContain('OTHER is not set');
    expect(told[8]).toContain('Did you mean "folder"?');
    expect(told[9]).toContain('connections[0]');
    expect(told[10]).toContain('out of range');
    expect(told[13]).toContain('Did you mean "path"?');
    expect(told[15]).toContain('Did you mean "phone"?');
    expect(told[15]).toContain('under attributes');
  });

  it('may not have two connections take the files of one folder', async () => {
    const second = (path: string): string =>
      `${CLOUDTALK}${DROP}  - id: other\n    connector: folder\n    options: { path: ${path} }\n`;
    const found = await problems(second('drop/'));
    expect(places(found)).toEqual(['11:16 connections[1].options.path']);
    expect(found[0]?.message).toBe('connections[0] ("drop") uses the same path.');
    expect((await load(second('drop/other'))).connections).toHaveLength(2);
  });

  it('is told what its mapping lacks', async () => {
    const mapped = (mapping: string): string => `${CLOUDTALK}${DROP}    mapping: ${mapping}\n`;
    const found = await problems(mapped('{ city: City }'));
    const at = (path: string): Problem | undefined => found.find((one) => one.path === path);
    expect(found).toHaveLength(2);
    expect(at('connections[0].mapping')?.message).toContain('Nothing here gives a phone number');
    expect(at('connections[0].mapping')?.expected).toContain('Write "phone: ..."');
    expect(at('connections[0].mapping.name')?.message).toBe('It is missing.');
    expect(at('connections[0].mapping.name')?.expected).toContain('Write "name: ..." (Every contact needs one');
  });

  it('is told in plain words what an empty or wrong value should be', async () => {
    const told = async (text: string): Promise<string[]> =>
      (await problems(text)).map(({ path, message, expected }) => `${path}: ${message} ${expected}`);
    const key = (value: string): string => CLOUDTALK.replace('accessKeyId: id', `accessKeyId: ${value}`) + DROP;
    const write = 'Write it in quotes, or as ${NAME} the name of an environment variable that holds it.';
    expect(await told(key("''"))).toEqual([`cloudtalk.accessKeyId: This part of the API key is empty. ${write}`]);
    expect(await told(key('12345'))).toEqual([`cloudtalk.accessKeyId: A part of the API key must be a text. ${write}`]);
    expect(await told(`${CLOUDTALK}${DROP}    tag: ''\n    mapping: { name: A, phone: [] }\n`)).toEqual([
      'connections[0].tag: It is empty. Write at least 1 character.',
      'connections[0].mapping.phone: It is empty. Write at least 1 entry.',
    ]);
  });

  it('never has its values repeated in a problem', async () => {
    const text = CLOUDTALK.replace('SK', '${SECRET}') + 'connections: ${SECRET}\n';
    const found = await problems(text, { SECRET: 'hunter2' });
    expect(places(found)).toEqual(['4:3 cloudtalk.defaultCountry', '5:1 connections']);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('that is no YAML is told where it breaks, and what usually helps', async () => {
    const found = await problems(
      `cloudtalk:\n  accessKeyId: x\nconnections:\n  - id: a\n    options: { path: \${DROP} }\n`,
    );
    expect(found[0]).toMatchObject({ line: 5, message: expect.stringContaining('no valid YAML') });
    expect(found[0]?.expected).toContain('in quotes');
  });

  it('that names a key twice is told so, beside its other problems', async () => {
    const found = await problems(`${CLOUDTALK}  defaultCountry: CZ\n`);
    expect(places(found)).toEqual(['5:3 (YAML)', '1:1 connections'].sort());
  });

  it('that is empty, or not there, is told what to write', async () => {
    expect(places(await problems(''))).toEqual(['1:1 cloudtalk', '1:1 connections']);
    const error = await loadConfig({ path: join(dir, 'none.yaml'), environment: {}, connectors: [] }).catch(String);
    expect(error).toContain('SYNC_CONFIG');
  });

  it('may leave settle and requestTimeout to each other, as long as settle is the longer', async () => {
    const text = (line: string): string => `${CLOUDTALK}  ${line}\n${DROP}`;
    expect(places(await problems(text('requestTimeout: 60s')))).toEqual(['5:3 cloudtalk.requestTimeout']);
    expect(places(await problems(text('settle: 30s')))).toEqual(['5:3 cloudtalk.settle']);
    expect((await load(text('settle: 31s'))).accounts[0]?.settle).toBe(31_000);
  });

  it('may give a schedule in one of its two forms only', async () => {
    for (const schedule of ['{}', '5s', "{ every: 5s, cron: '* * * * *' }", '{ every: 5s, timezone: UTC }']) {
      const found = await problems(`${CLOUDTALK}${DROP}    schedule: ${schedule}\n`);
      expect(found.map((one) => one.message)).toEqual(['This is no schedule.']);
    }
  });
});
