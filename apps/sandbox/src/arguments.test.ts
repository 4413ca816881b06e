import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.js';

describe('the command line of the sandbox', () => {
  it('has the port of the example configuration and the real limits by default', () => {
    expect(readArguments([])).toEqual({
      port: 8450,
      operationsPerMinute: 60,
      accessKeyId: 'sandbox-key',
      accessKeySecret: 'sandbox-secret',
      indexShows: 'first',
      bulkCost: 'request',
      mergeOnAdd: false,
    });
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
    expect(readArguments(args)).toMatchObject({
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
    [['--index-shows=some'], '--index-shows must be first or all'],
    [['--chaos=fire=1'], '--chaos must be throttle or'],
    [['--chaos=throttle'], 'needs a rate from 0 to 1'],
    [['--unknown'], '--unknown'],
  ])('says what is wrong with %j', (args, words) => {
    expect(() => readArguments(args)).toThrow(words);
  });
});
