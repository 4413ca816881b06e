import { describe, expect, it } from 'vitest';
import { fuzzCase } from './fuzz-case.js';
import { judge } from './judge.js';

const SEED = 1;
const CASES = 3_000;

describe('random and mutated files', () => {
  it('are read, mapped and checked without a crash or a hang, with every row accounted for', async () => {
    const seen = { rows: 0, valid: 0, refused: 0 };
    for (let number = 0; number < CASES; number++) {
      const { rows, valid, refused } = await judge(fuzzCase(SEED, number)).catch((error: unknown) => {
        throw new Error(`Case ${number} of seed ${SEED} went wrong.`, { cause: error });
      });
      seen.rows += rows;
      seen.valid += valid;
      if (refused) seen.refused++;
    }
    expect(seen.rows).toBeGreaterThan(CASES);
    expect(seen.valid).toBeGreaterThan(CASES / 50);
    expect(seen.refused).toBeGreaterThan(CASES / 20);
    expect(seen.refused).toBeLessThan(CASES * 0.8);
  }, 240_000);
});
