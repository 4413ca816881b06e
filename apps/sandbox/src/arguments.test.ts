import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.js';

describe('the command line of the sandbox', () => {
  it('has the ports of the example configuration and the real limits by default', () => {
    expect(readArguments([])).toEqual({
      cloudtalk: {
        port: 8450,
        operationsPerMinute: 60,
        accessKeyId: 'sandbox-key',
        accessKeySecret: 'sandbox-secret',
        indexShows: 'first',
        bulkCost: 'request',
        mergeOnAdd: false,
      },
      crms: { salesforce: { port: 8451 }, hubspot: { port: 8452 } },
    });
  });

  it('takes free ports for the CRMs too where CloudTalk has any free one, unless they are given', () => {
    expect(readArguments(['--port=0']).crms).toEqual({ salesforce: { port: 0 }, hubspot: { port: 0 } });
    expect(readArguments(['--port', '0', '--hubspot-port', '9000', '--salesforce-port=9001']).crms).toEqual({
      salesforce: { port: 9001 },
      hubspot: { port: 9000 },
    });
  });

  it('leaves the CRMs out where only CloudTalk is wanted', () => {
    expect(readArguments(['--only', 'cloudtalk'])).not.toHaveProperty('crms');
  });

  it('reads the public key of JWT logins from its file, and says when there is none in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-key-'));
    const file = join(folder, 'public.pem');
    const format = { type: 'spki', format: 'pem' } as const;
    const { publicKey } = generateKeyPairSync('ed25519', {
      publicKeyEncoding: format,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    await writeFile(file, publicKey);
    expect(readArguments(['--salesforce-public-key', file]).crms?.salesforce).toEqual({ port: 8451, publicKey });
    await writeFile(file, 'no key');
    expect(() => readArguments(['--salesforce-public-key', file])).toThrow('in PEM form');
    await rm(folder, { recursive: true });
    expect(() => readArguments(['--salesforce-public-key', file])).toThrow('no such file');
  });

  it('names agents, attributes and random faults in lists', () => {
    const args = [
      '--port=0',
      '--agents',
      'a@x.sk, b@x.sk',
      '--attributes=Tier',
      '--chaos=drop after=0.1,throttle=0.2',
      '--seed=9',
    ];
    expect(readArguments(args).cloudtalk).toMatchObject({
      port: 0,
      agents: [
        { id: 101, email: 'a@x.sk' },
        { id: 102, email: 'b@x.sk' },
      ],
      attributes: [{ id: 201, title: 'Tier' }],
      faults: { seed: 9, rates: { 'drop after': 0.1, throttle: 0.2 } },
    });
  });

  it.each([
    [['--port=many'], '--port must be a whole number'],
    [['--hubspot-port=65536'], '--hubspot-port must be a whole number'],
    [['--only=hubspot'], '--only must be cloudtalk'],
    [['--index-shows=some'], '--index-shows must be first or all'],
    [['--chaos=fire=1'], '--chaos must be throttle or'],
    [['--chaos=throttle'], 'needs a rate from 0 to 1'],
    [['--unknown'], '--unknown'],
  ])('says what is wrong with %j', (args, words) => {
    expect(() => readArguments(args)).toThrow(words);
  });
});
