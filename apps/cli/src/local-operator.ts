import { Engine, LocalOperator } from '@cloudtalk-sync/sync';
import { NestFactory } from '@nestjs/core';
import { DaemonModule } from '../../daemon/src/daemon.module.js';
import type { OpenOperator } from './operator.js';

/** Opens config and database in this process. Throws what opening them throws. */
export async function openLocalOperator(): Promise<OpenOperator> {
  const context = await NestFactory.createApplicationContext(DaemonModule.forCommand(), {
    logger: false,
    abortOnError: false,
  });
  const engine = context.get(Engine);
  await engine.prepare();
  return {
    operator: context.get(LocalOperator),
    startWork: async () => {
      if (await engine.hasWorker()) return false;
      await engine.start();
      return true;
    },
    close: () => context.close(),
  };
}
