import { ConfigError } from '@cloudtalk-sync/errors';
import { describe, expect, it } from 'vitest';
import { loadEnvironment } from './environment.js';

function pathsOf(variables: Record<string, string>): string[] {
  try {
    loadEnvironment(variables);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems.map((problem) => problem.path);
  }
}

describe('the environment', () => {
  it('may be empty', () => {
    const defaults = {
      syncConfig: 'config/sync.yaml',
      dataDir: './data',
      roles: 'all',
      host: '127.0.0.1',
      port: 8350,
      logLevel: 'info',
    };
    expect(loadEnvironment({})).toEqual(defaults);
    expect(loadEnvironment({ PORT: '', DATABASE_URL: '', REDIS_URL: '', PATH: '/bin' })).toEqual(defaults);
  });

  it('may say everything', () => {
    expect(
      loadEnvironment({
        SYNC_CONFIG: '/etc/sync.yaml',
        DATA_DIR: '/var/lib/sync',
        DATABASE_URL: 'postgres://me@db/sync',
        ROLES: 'all',
        HOST: '0.0.0.0',
        PORT: '0',
        LOG_LEVEL: 'DEBUG',
      }),
    ).toEqual({
      syncConfig: '/etc/sync.yaml',
      dataDir: '/var/lib/sync',
      databaseUrl: 'postgres://me@db/sync',
      roles: 'all',
      host: '0.0.0.0',
      port: 0,
      logLevel: 'debug',
    });
  });

  it('has all its problems named at once', () => {
    const wrong = { PORT: '70000', LOG_LEVEL: 'loud', ROLES: 'web', DATABASE_URL: 'mysql://db' };
    expect(pathsOf(wrong).sort()).toEqual(['DATABASE_URL', 'LOG_LEVEL', 'PORT', 'ROLES']);
  });

  it('may not name Redis yet, least of all without PostgreSQL', () => {
    expect(pathsOf({ REDIS_URL: 'redis://r', DATABASE_URL: 'postgres://db/sync' })).toEqual(['REDIS_URL']);
    expect(pathsOf({ REDIS_URL: 'redis://r' })).toEqual(['REDIS_URL']);
    expect(() => loadEnvironment({ REDIS_URL: 'redis://r' })).toThrow(/needs DATABASE_URL as well.*Leave it out/s);
  });

  it('never has a password repeated in a problem', () => {
    expect(() => loadEnvironment({ DATABASE_URL: 'mysql://me:hunter2@db' })).not.toThrow('hunter2');
  });
});
