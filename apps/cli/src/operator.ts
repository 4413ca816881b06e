import { environment, readDaemonFile } from '@cloudtalk-sync/config';
import type { Operator } from '@cloudtalk-sync/sync';
import { openLocalOperator } from './local-operator.js';
import { isAnswering, remoteOperator } from './remote-operator.js';

/** An operator with what is needed to leave it. */
export interface OpenOperator {
  readonly operator: Operator;
  /** Starts the work in this process where no other does it; says whether it is done here. */
  startWork(): Promise<boolean>;
  close(): Promise<void>;
}

/** Finds the running daemon and asks it; without one, opens the database in this process. */
export async function openOperator(): Promise<OpenOperator> {
  const daemon = await readDaemonFile(environment().dataDir);
  if (daemon && (await isAnswering(daemon))) {
    return {
      operator: remoteOperator(daemon),
      startWork: () => Promise.resolve(false),
      close: () => Promise.resolve(),
    };
  }
  return openLocalOperator();
}
