import { ConfigError } from '@cloudtalk-sync/errors';
import { describe, expect, it } from 'vitest';
import { expectVersion, serverPlace } from './server-place.js';

describe('the place of a PostgreSQL server', () => {
  it('is shown without user and password', () => {
    expect(serverPlace('postgres://me:hunter2@db.example:6543/sync?sslmode=require').shown).toBe(
      'db.example:6543/sync',
    );
  });

  it('may be PostgreSQL 15 or later, and an older one is named', () => {
    expectVersion(150_000, 'db');
    expectVersion(180_006, 'db');
    expect(() => expectVersion(140_019, 'db.example')).toThrow(ConfigError);
    expect(() => expectVersion(140_019, 'db.example')).toThrow('The server at db.example runs PostgreSQL 14.');
  });

  it('is refused, without repeating it, when it is none', () => {
    expect(() => serverPlace('mysql://me:hunter2@db/sync')).toThrow(ConfigError);
    expect(() => serverPlace('mysql://me:hunter2@db/sync')).not.toThrow('hunter2');
  });
});
