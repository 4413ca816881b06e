import type { Connector, Session, SessionContext } from '@cloudtalk-sync/connector-kit';
import { z } from 'zod';
import { cursorSchema, dropOptions } from './drop-options.js';
import { openDrop } from './drop-session.js';
import { FolderTransport } from './folder-transport.js';

const optionsSchema = z.strictObject({
  path: z.string().min(1).describe('The folder of the drop; inbox/, done/, reports/ and the others are made in it.'),
  ...dropOptions,
});
export type FolderOptions = z.infer<typeof optionsSchema>;

/** CSV files dropped in a folder of this machine. */
export const folder: Connector<FolderOptions> = {
  type: 'folder',
  optionsSchema,
  cursorSchema,
  hasTemplate: true,
  open: (options: FolderOptions, context: SessionContext): Promise<Session> =>
    openDrop(new FolderTransport(options.path), options, context),
};
