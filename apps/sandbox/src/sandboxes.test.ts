import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConnectionConfig, loadConfig } from '@cloudtalk-sync/config';
import { type Session, type SourceRecord, systemClock } from '@cloudtalk-sync/connector-kit';
import { CONNECTORS } from '@cloudtalk-sync/connectors';
import { compileMapping } from '@cloudtalk-sync/mapping';
import { afterEach, describe, expect, it } from 'vitest';
import { readArguments } from './arguments.js';
import { addressesOf, type Sandboxes, startSandboxes } from './sandboxes.js';

const EXAMPLE = fileURLToPath(new URL('../../../config/sync.yaml', import.meta.url));
const running: Sandboxes[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ close }) => close()));
});

async function start(...args: readonly string[]): Promise<Sandboxes> {
  const sandboxes = await startSandboxes(readArguments(['--port', '0', ...args]));
  running.push(sandboxes);
  return sandboxes;
}

/** The connections to the CRMs that stand in the example config as comments, with the addresses of these stand-ins. */
async function exampleConnections(sandboxes: Sandboxes): Promise<readonly ConnectionConfig[]> {
  const { hubspot = '', salesforce = '' } = addressesOf(sandboxes);
  const [head = '', ...rest] = (await readFile(EXAMPLE, 'utf8')).split(/^(?= {2}# - id: )/m);
  const uncommented = head + rest.join('').replace(/^ {2}# /gm, '  ');
  const folder = await mkdtemp(join(tmpdir(), 'example-'));
  const path = join(folder, 'sync.yaml');
  await writeFile(
    path,
    uncommented.replace('http://127.0.0.1:8451', salesforce).replace('http://127.0.0.1:8452', hubspot),
  );
  try {
    return (await loadConfig({ path, environment: {}, connectors: CONNECTORS })).connections.slice(1);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function open({ connector, id, mapping, options, report }: ConnectionConfig): Promise<Session> {
  const found = CONNECTORS.find(({ type }) => type === connector);
  if (!found || !mapping) throw new Error(`${id} is no CRM.`);
  return found.open(options, {
    connectionId: id,
    clock: systemClock,
    defaultCountry: 'SK',
    readsTemplate: false,
    maxFileSize: 1,
    fields: compileMapping(mapping).sourceFields,
    report,
  });
}

async function readAll({ source }: Session): Promise<readonly SourceRecord[]> {
  if (source.kind !== 'pass') throw new Error('This is no CRM.');
  const records: SourceRecord[] = [];
  for await (const record of (await source.read('beginning', new AbortController().signal)).records) {
    records.push(record);
  }
  return records;
}

describe('the stand-ins that `npm run sandbox` starts', () => {
  it('are for CloudTalk and both CRMs, each with a page on its address', async () => {
    const { page, salesforce, hubspot } = addressesOf(await start());
    const titles = [page, salesforce, hubspot].map(async (address = '') => (await fetch(address)).text());
    expect((await Promise.all(titles)).map((html) => /<h1>(.*)<\/h1>/.exec(html)?.[1])).toEqual([
      'CloudTalk sandbox',
      'Salesforce sandbox',
      'HubSpot sandbox',
    ]);
  });

  it('are only the one for CloudTalk where no more is wanted', async () => {
    const { url, ...rest } = addressesOf(await start('--only', 'cloudtalk'));
    expect(rest).toEqual({ page: url.replace(/api$/, '') });
  });

  it('are what the connections to CRMs in the example config are written for', async () => {
    const sandboxes = await start();
    const read: Record<string, number> = {};
    for (const connection of await exampleConnections(sandboxes)) {
      const session = await open(connection);
      await session.setup?.();
      expect(await session.check()).toEqual([]);
      const records = await readAll(session);
      await session.close();
      expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
      read[connection.id] = records.length;
    }
    expect(read).toEqual({ salesforce: 36, hubspot: 36 });
  });
});
