import { randomUUID } from 'node:crypto';
import type { Finding, Session, SessionContext } from '@cloudtalk-sync/connector-kit';
import type { DropOptions } from './drop-options.js';
import { CsvDropReporter } from './drop-reporter.js';
import { CsvDropSource } from './drop-source.js';
import { FOLDERS, makeFolders } from './layout.js';
import type { Transport } from './transport.js';

/** A session on a drop over any transport; makes the folders of the drop. */
export async function openDrop(transport: Transport, options: DropOptions, context: SessionContext): Promise<Session> {
  await makeFolders(transport);
  const { clock, defaultCountry, maxFileSize, readsTemplate, onIgnored } = context;
  return {
    source: new CsvDropSource(transport, clock, { ...options, defaultCountry, maxFileSize, readsTemplate, onIgnored }),
    reporter: new CsvDropReporter(transport, { clock, maxFileSize }),
    check: () => check(transport),
    close: () => transport.close(),
  };
}

/** Moves a file through all the folders, as every import does; its name is one that is never taken for a drop. */
async function check(transport: Transport): Promise<readonly Finding[]> {
  await makeFolders(transport);
  const name = `.probe-${randomUUID()}`;
  const probe = await transport.create(`inbox/${name}`);
  await probe.commit();
  let place = `inbox/${name}`;
  try {
    for (const folder of FOLDERS.slice(1)) {
      await transport.rename(place, `${folder}/${name}`);
      place = `${folder}/${name}`;
    }
  } finally {
    await transport.remove(place);
  }
  return [];
}
