import type { RunEnd } from '@cloudtalk-sync/connector-kit';
import type { Transport } from './transport.js';

/** The folders of a drop, in the order in which a file passes them. */
export const FOLDERS = ['inbox', 'processing', 'done', 'done_with_errors', 'failed', 'reports'] as const;
export type Folder = (typeof FOLDERS)[number];

/** Where a file goes when its run has ended. */
export const END_FOLDERS: Readonly<Record<RunEnd, Folder>> = {
  completed: 'done',
  'completed with failures': 'done_with_errors',
  stopped: 'done_with_errors',
  failed: 'failed',
};

export async function makeFolders(transport: Transport): Promise<void> {
  for (const folder of FOLDERS) await transport.makeFolder(folder);
}
