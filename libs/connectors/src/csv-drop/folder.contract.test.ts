import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@cloudtalk-sync/connector-kit';
import { connectorContract, type ContractSetup } from '@cloudtalk-sync/connector-kit/contract';
import { folder } from './folder.js';

connectorContract('folder', async (): Promise<ContractSetup> => {
  const path = await mkdtemp(join(tmpdir(), 'drop-'));
  const file = join(path, 'inbox', 'contacts.csv');
  await mkdir(join(path, 'inbox'));
  await writeFile(file, 'name,phone\nAnna,+421901000001\n\n"Ján\r\nNový",+421901000002\nEva\nIvan,+421901000004');
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(file, hourAgo, hourAgo);
  return {
    connector: folder,
    options: { path },
    context: {
      connectionId: 'drop',
      clock: systemClock,
      defaultCountry: 'SK',
      readsTemplate: true,
      maxFileSize: 10_000,
      fields: [],
      report: {},
    },
    records: 4,
    reported: async () => {
      const names = (await readdir(join(path, 'reports'))).sort();
      return Promise.all(names.map(async (name) => [name, await readFile(join(path, 'reports', name), 'utf8')]));
    },
    breakWorld: async () => {
      await rm(path, { recursive: true });
      await writeFile(path, 'a file where the folder was');
    },
    dispose: () => rm(path, { recursive: true, force: true }),
  };
});
