import { ConfigError, FatalError } from '@cloudtalk-sync/errors';
import type { SyncAccount, SyncConnection } from './world.js';

/** The accounts and connections of the config, found by id. */
export class Configured {
  constructor(
    readonly accounts: readonly SyncAccount[],
    readonly connections: readonly SyncConnection[],
  ) {}

  /** Throws FatalError `unknown_account`. */
  account(id: string): SyncAccount {
    const account = this.accounts.find((candidate) => candidate.id === id);
    if (account) return account;
    throw new FatalError({
      code: 'unknown_account',
      message: `The account '${id}' is not configured any more.`,
      fix: 'Put it back into the config and restart, so that what was begun with it can be finished.',
    });
  }

  /** The connection of a run that was begun before. Throws FatalError `unknown_connection`. */
  connectionOf(run: { readonly connectionId: string }): SyncConnection {
    const found = this.connections.find(({ id }) => id === run.connectionId);
    if (found) return found;
    throw new FatalError({
      code: 'unknown_connection',
      message: `The connection '${run.connectionId}' of this import is not configured any more.`,
      fix: 'Put it back into the config and restart, so that the import can be finished.',
    });
  }

  /** Throws ConfigError with the ids that there are. */
  connection(id: string): SyncConnection {
    const found = this.connections.find((connection) => connection.id === id);
    if (found) return found;
    const known = this.connections.map((connection) => connection.id).join(', ');
    throw new ConfigError([
      {
        file: 'the config',
        path: 'connections',
        message: `There is no connection '${id}'.`,
        expected: known === '' ? 'No connection is configured.' : `The configured ones are: ${known}.`,
      },
    ]);
  }
}
