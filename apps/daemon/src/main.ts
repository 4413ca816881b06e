import 'reflect-metadata';
import { type Environment, removeDaemonFile, writeDaemonFile } from '@cloudtalk-sync/config';
import { exitCodeOf, FatalError, reasonOf } from '@cloudtalk-sync/errors';
import { Engine } from '@cloudtalk-sync/sync';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiToken } from './api/token.guard.js';
import { DaemonModule } from './daemon.module.js';

import { createLog, type ProcessLog } from './log.js';
import { Schedules } from './schedules.service.js';
import { ENVIRONMENT, LOG } from './tokens.js';

async function main(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(DaemonModule, { logger: false, abortOnError: false });
  const log = app.get<ProcessLog>(LOG);
  const { dataDir, host, port } = app.get<Environment>(ENVIRONMENT);
  app.disable('x-powered-by');
  await app.get(Engine).start();
  await app.listen(port, host).catch((error: unknown) => {
    throw cannotListen(error, host, port);
  });
  app.useLogger(log.nest);
  const address = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  await writeDaemonFile(dataDir, { address, token: app.get(ApiToken).value, pid: process.pid });
  app.get(Schedules).start();
  log.info({ address, dataDir }, 'cloudtalk-sync is running');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));

  async function stop(signal: string): Promise<void> {
    log.info({ signal }, 'stopping: the request in flight may finish');
    await removeDaemonFile(dataDir, process.pid);
    await app.close();
    log.info({}, 'stopped');
    process.exit(0);
  }
}

function cannotListen(error: unknown, host: string, port: number): FatalError {
  const cause = error instanceof Error ? error.message : String(error);
  return new FatalError({
    code: 'cannot_listen',
    message: `The daemon cannot listen on ${host}:${port} (${cause}).`,
    fix: 'Another program may be using the port: set PORT to a free one, or HOST to an address of this machine.',
  });
}

main().catch((error: unknown) => {
  const log = createLog('info');
  const { code, message, fix } = reasonOf(error);
  log.error({ code, fix }, message);
  process.exit(exitCodeOf(error));
});
