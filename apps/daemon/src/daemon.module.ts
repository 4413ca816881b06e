import { type Environment, environment, loadConfig, type SyncConfig, variables } from '@cloudtalk-sync/config';
import { CONNECTORS } from '@cloudtalk-sync/connectors';
import { FatalError } from '@cloudtalk-sync/errors';
import { InProcessQueue } from '@cloudtalk-sync/queue';
import { type Database, openDatabase, Store } from '@cloudtalk-sync/store';
import { Engine, LocalOperator } from '@cloudtalk-sync/sync';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { HealthController } from './api/health.controller.js';
import { RunsController } from './api/runs.controller.js';
import { ApiToken, TokenGuard } from './api/token.guard.js';
import { createLog, type ProcessLog } from './log.js';
import { Schedules } from './schedules.service.js';
import { CONFIG, DATABASE, ENVIRONMENT, LOG } from './tokens.js';

/** The whole daemon; nothing works or listens before `main` starts it, so that a command can use it too. */
@Module({
  controllers: [RunsController, HealthController],
  providers: [
    { provide: ENVIRONMENT, useFactory: environment },
    { provide: LOG, useFactory: (env: Environment) => createLog(env.logLevel), inject: [ENVIRONMENT] },
    {
      provide: CONFIG,
      useFactory: (env: Environment) =>
        loadConfig({ path: env.syncConfig, environment: variables(), connectors: CONNECTORS }),
      inject: [ENVIRONMENT],
    },
    { provide: DATABASE, useFactory: open, inject: [ENVIRONMENT, LOG, CONFIG] },
    { provide: Store, useFactory: (database: Database) => new Store(database.dataSource.manager), inject: [DATABASE] },
    { provide: Engine, useFactory: createEngine, inject: [Store, DATABASE, CONFIG, LOG] },
    {
      provide: LocalOperator,
      useFactory: (engine: Engine, store: Store) => new LocalOperator(engine, store),
      inject: [Engine, Store],
    },
    ApiToken,
    TokenGuard,
    Schedules,
  ],
})
export class DaemonModule implements OnApplicationShutdown {
  constructor(
    private readonly engine: Engine,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  /** For a command, which tells a person itself what happens: it logs only errors unless LOG_LEVEL asks for more. */
  static forCommand(): DynamicModule {
    const useFactory = ({ logLevel }: Environment): ProcessLog => createLog(logLevel === 'info' ? 'error' : logLevel);
    return { module: DaemonModule, providers: [{ provide: LOG, useFactory, inject: [ENVIRONMENT] }] };
  }

  /** Lets the request in flight finish, then closes the database. */
  async onApplicationShutdown(): Promise<void> {
    await this.engine.stop();
    await this.database.close();
  }
}

/** The config is asked for first: with a wrong one nothing is opened. */
function open(env: Environment, log: ProcessLog, _config: SyncConfig): Promise<Database> {
  if (env.databaseUrl !== undefined) return openDatabase({ url: env.databaseUrl });
  return openDatabase({ dataDir: env.dataDir, onLost: (error: FatalError) => log.end(error) });
}

function createEngine(store: Store, database: Database, config: SyncConfig, log: ProcessLog): Engine {
  const connections = config.connections.map((connection) => {
    const connector = CONNECTORS.find(({ type }) => type === connection.connector);
    if (!connector) throw new Error(`Connector '${connection.connector}' passed the config's check and is unknown.`);
    return { ...connection, connector };
  });
  return new Engine({
    store,
    queue: new InProcessQueue({ onError: (error, job) => log.error({ job, error }, 'work ended with an error') }),
    accounts: config.accounts,
    connections,
    log,
    exclusive: database.kind === 'embedded',
  });
}
