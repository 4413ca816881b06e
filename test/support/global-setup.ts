import type { TestProject } from 'vitest/node';
import { prepareTemplate } from '../../tools/prepare.mjs';
import { leftOut } from './left-out.js';
import { startPostgres } from './postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's address of the run's own PostgreSQL server; empty where there can be none. */
    postgresUrl: string;
  }
}

/** Starts once for a whole run what the tests share; what it returns ends it, and says last which tests were left out. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await prepareTemplate();
  const postgres = await startPostgres();
  project.provide('postgresUrl', 'url' in postgres ? postgres.url : '');
  return async () => {
    if ('url' in postgres) await postgres.stop();
    else leftOut(project.vitest.state.getFiles(), 'on PostgreSQL', postgres.missing);
  };
}
