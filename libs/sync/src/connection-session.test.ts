import type { Connector } from '@cloudtalk-sync/connector-kit';
import { z } from 'zod';
import { expect, it } from 'vitest';
import { withSession } from './connection-session.js';
import type { SyncConnection, World } from './world.js';

/** A source whose every look finds the same file that it never takes. */
const connector: Connector = {
  type: 'ignoring',
  optionsSchema: z.unknown(),
  cursorSchema: z.unknown(),
  hasTemplate: true,
  open: async (_options, { onIgnored }) => {
    onIgnored?.('link.csv', 'it is a link');
    return {
      source: {
        kind: 'pass',
        read: async () => Promise.reject(new Error('It is not read.')),
        valuesOf: async () => [],
      },
      reporter: { wants: 'changes', pageSize: 1, write: async () => [] },
      check: async () => [],
      close: async () => undefined,
    };
  },
};

it('a file that is never taken is logged once for each connection, however often it is seen', async () => {
  const logged: unknown[] = [];
  const store = { accounts: { connection: async () => null } };
  const log = { info: () => undefined, error: () => undefined, warn: (facts: object) => logged.push(facts) };
  const look = (id: string): Promise<void> =>
    withSession(
      { log, store } as unknown as World,
      { id, connector, options: {} } as unknown as SyncConnection,
      { defaultCountry: 'SK', mapping: null, doNotCall: null, report: {} },
      async () => undefined,
    );
  for (const id of ['one', 'one', 'two', 'one']) await look(id);
  expect(logged).toEqual([
    { connection: 'one', file: 'link.csv', why: 'it is a link' },
    { connection: 'two', file: 'link.csv', why: 'it is a link' },
  ]);
});
