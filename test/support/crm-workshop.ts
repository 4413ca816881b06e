import type { MappingConfig } from '@cloudtalk-sync/mapping';
import type { Database } from '@cloudtalk-sync/store';
import type { RunView, SyncConnection } from '@cloudtalk-sync/sync';
import type { SandboxContact } from '../../apps/sandbox/src/index.js';
import { MemorySource } from './memory-source.js';
import type { OpenFresh } from './databases.js';
import { useDatabase, Workshop, type WorkshopOptions } from './workshop.js';

/** A mapping of the fields that the records of these tests have. */
export const CRM_MAPPING: MappingConfig = { name: 'Name', phone: 'Phone', email: 'Mail', title: 'Title' };

export interface CrmWorkshop {
  readonly crm: MemorySource;
  readonly workshop: Workshop;
  readonly contacts: () => readonly SandboxContact[];
  /** The id of the contact with this name; 0: there is none. */
  readonly idOf: (name: string) => number;
  /** The reason of each row of a run. */
  readonly reasons: (run: string) => Promise<readonly (string | null)[]>;
  /** Stops the engine and starts it again with other settings of the connection. */
  readonly restart: (connection?: Partial<SyncConnection>) => Promise<void>;
  /** Makes a pass, over another connection where one is named, and waits until its run has ended. */
  readonly pass: (connection?: string) => Promise<RunView>;
}

/** A workshop whose one connection, still called `drop`, reads a CRM in memory. */
export async function openCrmWorkshop(database: Database, options: WorkshopOptions = {}): Promise<CrmWorkshop> {
  const crm = new MemorySource();
  const connection: Partial<SyncConnection> = {
    connector: crm.connector,
    options: {},
    mapping: CRM_MAPPING,
    ...options.connection,
  };
  const workshop = await Workshop.open(database, { ...options, connection });
  const contacts = () => workshop.sandbox.contacts();
  return {
    crm,
    workshop,
    contacts,
    idOf: (name) => contacts().find((contact) => contact.name === name)?.id ?? 0,
    reasons: async (run) => (await workshop.operator.rows(run, 100)).map(({ reason }) => reason),
    restart: async (changes = {}) => {
      await workshop.stop();
      Object.assign(connection, changes);
      await workshop.start();
    },
    pass: async (id) => {
      const [run] = await workshop.import(id);
      if (!run) throw new Error('The pass made no run.');
      return run;
    },
  };
}

/** Hands each test of a suite a workshop of its own that reads a CRM in memory. */
export function useCrmWorkshop(
  openFresh: OpenFresh,
  options: WorkshopOptions,
  take: (shop: CrmWorkshop) => void | Promise<void>,
): void {
  let shop: CrmWorkshop;
  useDatabase(
    openFresh,
    () => shop.workshop,
    async (database) => {
      shop = await openCrmWorkshop(database, options);
      await take(shop);
    },
  );
}
